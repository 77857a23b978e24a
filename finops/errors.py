"""What a person can put right."""


class FolderError(Exception):
    """The folder of a company is not as it must be; the message says what to do."""
