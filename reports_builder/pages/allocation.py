"""Analysis: all spend, whose it is, what it is made of, and whether resources say so."""

from reports_builder.confidence import confidence
from reports_builder.evidence import note
from reports_builder.model import Page
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.gpus import queries as ask_gpus
from reports_builder.subjects.allocation.gpus.statements import gpu_section, gpus_said
from reports_builder.subjects.allocation.spend import queries as ask
from reports_builder.subjects.allocation.spend.statements import (
    activities_section,
    components_section,
    owned,
    owner_figures,
    owner_sections,
    services_section,
    spend_figures,
    support_section,
    tenants_section,
    unowned_section,
)
from reports_builder.subjects.allocation.tags import queries as ask_tags
from reports_builder.subjects.allocation.tags.statements import tag_figures, tag_sections, tags_said
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note(
        "Set by you: owners and the rules that find them, pools and drivers, components, and the tag policy."
    ),
    note(
        "Assumed: a shared pool is used as its driver is; days to the tag target go on at last month's pace."
    ),
)

# The figures are of months, each named, while the page's period is of days.
_HEADINGS = ("Figure", "Month", "Month before", "Change", "Target", "Status")


def build(warehouse: Warehouse) -> Page:
    """Owners, components, tenants, shared pools, GPUs and tags."""
    month = ask.month(warehouse)
    tagged = ask_tags.tagged(warehouse)
    gpus = ask_gpus.gpus(warehouse)
    return Page(
        path="analyses/allocation.md",
        title="All spend and its owners",
        period=warehouse.period,
        question=note(
            "Models are a part of what the company spends. Each dollar needs somebody who answers for it, "
            "and a resource that does not say whose it is hides behind those that do."
        ),
        answer=(owned(month), *gpus_said(gpus), tags_said(tagged)),
        key_figures=(*spend_figures(month), *tag_figures(tagged)),
        figures=owner_figures(warehouse, month),
        insights=insights.allocation(warehouse),
        plan=None,
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            *services_section(warehouse),
            components_section(warehouse),
            *owner_sections(warehouse),
            *unowned_section(warehouse),
            *tenants_section(warehouse),
            *activities_section(warehouse),
            *support_section(warehouse),
            *gpu_section(warehouse),
            *tag_sections(warehouse),
        ),
        key_figure_headings=_HEADINGS,
    )
