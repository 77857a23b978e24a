"""Reservations, savings plans and committed spend: what they cover, what to sign, what to renew."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.model import Section, folded
from reports_builder.subjects import insights
from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.cloud_commitments import (
    cloud_commitment_sections,
    signing,
    utilization_figure,
)
from reports_builder.subjects.rates.cloud_commitments import totals as cloud_totals
from reports_builder.subjects.rates.expiries import due, due_said, expiries_section, renewal_figure
from reports_builder.subjects.rates.portfolio import (
    coverage_reasons,
    portfolio_figures,
    portfolio_sections,
)
from reports_builder.subjects.rates.statements import (
    commitment_section,
    kind_figure,
    offers_table,
    what_commitments_save,
)
from reports_builder.subjects.rates.team_coverage import team_coverage_section


def build(warehouse: NarrowedWarehouse) -> View:
    """Commitments."""
    offer, owned = ask.recommended_offer(warehouse), due(warehouse)
    return View(
        title="Commitments",
        headline=(
            what_commitments_save(
                offer,
                ask.offer_beyond_limits(warehouse),
                ask.offer_counts(warehouse),
                cloud_totals(warehouse),
                signing(warehouse),
            ),
            *due_said(owned),
        ),
        tiles=(
            kind_figure("commitment", ask.kind(warehouse, "commitment")),
            *portfolio_figures(warehouse),
            *utilization_figure(warehouse),
            *renewal_figure(owned),
        ),
        sections=(
            *cloud_commitment_sections(warehouse),
            *commitment_section(warehouse, offer),
            *expiries_section(warehouse),
            *team_coverage_section(warehouse),
            *portfolio_sections(warehouse),
            *coverage_reasons(warehouse),
            *folded(
                (Section("Reserved capacity against usage as it was", tables=(offers_table(warehouse),)),)
            ),
        ),
        period=warehouse.chosen_period,
        insights=insights.commitments(warehouse.whole),
    )
