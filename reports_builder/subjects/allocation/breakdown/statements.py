"""What the reports and the dashboard say of the owners of cost and of the price of tokens."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import FEATURE_PAGE, Column, KeyFigure, Table, compared
from reports_builder.subjects.allocation.breakdown import queries as ask
from reports_builder.subjects.changes import moved
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.warehouse import Warehouse

GAP_COLUMNS = (
    Column("gap", "Gap", "words"),
    Column("affected_calls", "Calls or records", "count"),
    Column("affected_call_share", "Share of them", "percent"),
    Column("affected_cost_usd", "Cost", "usd_table"),
    Column("affected_share", "Share of cost", "percent"),
)


def owners(coverage: Evidence) -> Prose:
    """How much of the cost somebody answers for."""
    return coverage.say(
        "**{customer_coverage_share:percent}** of the cost has a customer on record and "
        "{with_team_share:percent} a team; **{without_customer_usd:usd}** has no customer."
    )


def token_price(tokens: Evidence) -> Prose:
    """What a thousand tokens cost, and what the caches took off."""
    if tokens["price_change_share"] is None:
        change = note(". ")
    else:
        change = tokens.say(" ({price_change_share:delta} on the period before). ")
    return tokens.say("1,000 tokens cost **{cost_per_1k_tokens_usd:usd_unit}**") + change + _cached(tokens)


def _cached(tokens: Evidence) -> Prose:
    """What the caches answered, and whether less of it is why a token costs more."""
    now, before = tokens["cached_input_share"], tokens["prior_cached_input_share"]
    if before is None or now is None:
        return tokens.say("The providers' caches answered {cached_input_share:percent} of the input.")
    is_cause = now < before and (tokens["price_change_share"] or 0) > 0  # type: ignore[operator]
    return tokens.say(
        ("One reason is that the" if is_cause else "The")
        + " providers' caches answered {cached_input_share:percent} of the input, after "
        "{prior_cached_input_share:percent} in the period before."
        + (
            " Compare the runs of both periods: the first call of a run finds nothing of that run in a "
            "cache, so that shorter runs, or less of the task with long ones, read less from it."
            if is_cause
            else ""
        )
    )


def token_figures(tokens: Evidence) -> tuple[KeyFigure, ...]:
    """The price of tokens and how they are made up."""
    return (
        compared(
            tokens,
            "Cost of 1,000 tokens",
            "cost_per_1k_tokens_usd",
            "usd_unit",
            change="price_change_share",
            status=moved(tokens["price_change_share"], "a token costs more", "a token costs less"),
            better="down",
        ),
        KeyFigure("Output tokens per input token", tokens.cell("output_input_ratio", "ratio")),
        compared(tokens, "Input read from a cache", "cached_input_share", "percent"),
    )


def coverage_figure(coverage: Evidence) -> KeyFigure:
    """The share of the cost that a customer on record answers for."""
    return KeyFigure(
        "Cost with a customer on record",
        coverage.cell("customer_coverage_share", "percent"),
        status=note("incomplete" if coverage["without_customer_usd"] else "complete"),
    )


def feature_tokens_table(warehouse: Warehouse) -> Table:
    """What a token costs by feature, the dearest first."""
    return Table(
        (
            Column("value", "Product and feature", "words", page=FEATURE_PAGE),
            Column("cost_per_1k_tokens_usd", "Per 1,000 tokens", "usd_unit"),
            Column("cost_per_call_usd", "Per call", "usd_unit"),
            Column("tokens_per_call", "Tokens per call", "count"),
            Column("output_input_ratio", "Output per input", "ratio"),
            Column("cached_input_share", "Cached input", "percent"),
            Column("cost_share", "Share of cost", "percent"),
        ),
        ask.tokens(warehouse, "feature"),
    )


def breakdown_table(heading: Column, parts: Evidence) -> Table:
    """Cost of calls by the values of one dimension, as the marts hold it beside the period before."""
    return Table(
        (
            heading,
            Column("spend_usd", "Cost", "usd_table"),
            Column("prior_spend_usd", "Period before", "usd_table"),
            Column("spend_change", "Change", "delta_or_new"),
            Column("spend_share", "Share", "percent"),
            Column("calls", "Calls", "count"),
            *without_a_cost(parts),
        ),
        parts,
    )
