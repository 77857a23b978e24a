"""Why a refresh brought nothing."""


class RefreshError(Exception):
    """Says in a sentence why there are no new figures."""
