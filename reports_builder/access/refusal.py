"""What is said where a reader may not have something."""

from reports_builder.errors import ReportError


class AccessError(ReportError):
    """A question that goes beyond what its reader may see; nothing of it was answered."""
