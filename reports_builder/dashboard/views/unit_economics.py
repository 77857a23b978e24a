"""What a token, a call and a customer cost and bring in, and what investments return."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.evidence import Evidence
from reports_builder.model import Section, folded
from reports_builder.subjects import insights
from reports_builder.subjects.allocation.breakdown.queries import total_tokens
from reports_builder.subjects.allocation.breakdown.statements import token_figures, token_price
from reports_builder.subjects.core.queries import spend
from reports_builder.subjects.core.statements import spend_figures
from reports_builder.subjects.planning.funnel.statements import (
    conversion_figure,
    conversion_said,
    funnel_section,
)
from reports_builder.subjects.planning.returns import queries as ask_returns
from reports_builder.subjects.planning.returns.statements import (
    claims_section,
    improvements_table,
    return_tables,
    returns_said,
    tornado_figure,
    unmeasured_plans,
    value_figures,
)
from reports_builder.subjects.planning.stacking.statements import stacking_section
from reports_builder.subjects.planning.tokens.statements import (
    before_it_is_made_sections,
    lifetime_figure,
    lifetimes_chart,
    lifetimes_section,
    tiers_section,
    tokens_section,
)

INVESTMENTS = "Investments side by side"


def build(warehouse: NarrowedWarehouse) -> View:
    """Unit economics and investments."""
    tokens, investments = total_tokens(warehouse), ask_returns.investments(warehouse)
    return View(
        title="Unit economics and investments",
        headline=(
            token_price(tokens),
            *conversion_said(warehouse),
            *returns_said(
                investments, ask_returns.doubtful(warehouse), unmeasured_plans(warehouse, investments)
            ),
        ),
        tiles=(
            token_figures(tokens)[0],
            spend_figures(spend(warehouse))[1],
            *conversion_figure(warehouse),
            *lifetime_figure(warehouse),
            *value_figures(investments),
        ),
        sections=(
            *lifetimes_chart(warehouse),
            *_investments_section(warehouse, investments),
            *tiers_section(warehouse),
            *funnel_section(warehouse),
            *folded(
                (
                    *lifetimes_section(warehouse),
                    *before_it_is_made_sections(warehouse),
                    *stacking_section(warehouse),
                    *tokens_section(warehouse),
                    *claims_section(warehouse),
                )
            ),
        ),
        period=warehouse.chosen_period,
        insights=insights.investments(warehouse.whole),
    )


def _investments_section(warehouse: NarrowedWarehouse, investments: Evidence) -> tuple[Section, ...]:
    return (
        Section(
            INVESTMENTS,
            figures=tornado_figure(warehouse, investments),
            tables=(
                *return_tables(warehouse, investments),
                improvements_table(warehouse),
            ),
        ),
    )
