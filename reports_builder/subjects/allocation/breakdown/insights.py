"""The insight blocks of the analysis of usage and cost."""

from reports_builder.evidence import Evidence, literal
from reports_builder.insight_words import insight
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.allocation.breakdown import queries as ask
from reports_builder.subjects.allocation.breakdown.statements import GAP_COLUMNS
from reports_builder.subjects.core.queries import switches_from
from reports_builder.subjects.rates.queries import kind
from reports_builder.subjects.rates.statements import days_of
from reports_builder.warehouse import Warehouse


def ownership(warehouse: Warehouse, coverage: Evidence) -> tuple[Insight, ...]:
    """Cost that names no customer on record, or no team; nothing when there is none."""
    if not coverage["without_customer_usd"] and not coverage["without_team_usd"]:
        return ()
    return (
        insight(
            "allocation/breakdown/ownership",
            coverage,
            ask.calls_without_customer(warehouse),
            supporting=Table(GAP_COLUMNS, ask.gaps(warehouse), max_rows=12),
        ),
    )


def dear_tokens(warehouse: Warehouse) -> Insight:
    """The model whose tokens cost most, and what the switches away from it are worth."""
    models = ask.tokens(warehouse, "model")
    return insight(
        "allocation/breakdown/dear_tokens",
        models,
        switches_from(warehouse, str(models["value"])),
        effort=literal(days_of(kind(warehouse, "model_switch"))),
        is_in_plan=True,
        supporting=Table(
            (
                Column("value", "Model"),
                Column("cost_per_1k_tokens_usd", "Per 1,000 tokens", "usd_unit"),
                Column("price_change_share", "Change", "delta"),
                Column("output_input_ratio", "Output per input", "ratio"),
                Column("cached_input_share", "Cached input", "percent"),
                Column("token_share", "Share of tokens", "percent"),
                Column("cost_share", "Share of cost", "percent"),
            ),
            models,
        ),
    )
