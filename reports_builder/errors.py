"""The one error a reader of the command line is meant to see."""


class ReportError(Exception):
    """Says in one line what is wrong and what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))
