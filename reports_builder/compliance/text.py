"""The document as Markdown."""

from reports_builder.compliance.report import Compliance
from reports_builder.render import template_text


def text_of(report: Compliance) -> str:
    """Figures above the query that returns them, all rows of every table."""
    return template_text("compliance.md.j2", report=report)
