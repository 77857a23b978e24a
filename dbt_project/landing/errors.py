"""What a user can cause and mend."""


class UsageError(Exception):
    """Something about the options or the surroundings is wrong; the message says what to do."""
