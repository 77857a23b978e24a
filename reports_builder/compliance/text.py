"""The document as Markdown."""

from reports_builder.compliance.report import Compliance
from reports_builder.render import queries_of, template_text


def text_of(report: Compliance) -> str:
    """Figures, all rows of every table, and at the end the queries that return them."""
    queries = queries_of(citation for section in report.sections for citation in section.citations)
    return template_text("compliance.md.j2", report=report, queries=queries)
