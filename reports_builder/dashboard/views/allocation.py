"""All spend: owners level by level, customers, shared pools, tags."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.model import Section
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


def build(warehouse: NarrowedWarehouse) -> View:
    """All spend and its owners."""
    month = ask.month(warehouse)
    tagged = ask_tags.tagged(warehouse)
    return View(
        title="All spend",
        headline=(owned(month), *gpus_said(ask_gpus.gpus(warehouse)), tags_said(tagged)),
        tiles=(*spend_figures(month), *tag_figures(tagged)),
        sections=(
            Section("Who causes it", figures=owner_figures(warehouse, month)),
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
        period=warehouse.chosen_period,
        insights=insights.allocation(warehouse.whole),
    )
