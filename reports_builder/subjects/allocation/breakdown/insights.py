"""The insight blocks of the analysis of usage and cost."""

from reports_builder.evidence import Evidence, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.allocation.breakdown import queries as ask
from reports_builder.subjects.allocation.breakdown.statements import GAP_COLUMNS
from reports_builder.subjects.core.insights import worth_of_switches
from reports_builder.subjects.core.queries import switches_from
from reports_builder.subjects.rates.queries import kind
from reports_builder.subjects.rates.statements import days_of
from reports_builder.warehouse import Warehouse

_DOMAIN = "Understanding Usage & Cost"


def ownership(warehouse: Warehouse, coverage: Evidence) -> tuple[Insight, ...]:
    """Cost that names no customer on record, or no team; nothing when there is none."""
    if not coverage["without_customer_usd"] and not coverage["without_team_usd"]:
        return ()
    insight = Insight(
        title=coverage.say("{without_customer_usd:usd} of cost has no customer to answer for it"),
        problem=say(
            "{without_customer_calls:count} calls, {without_customer_call_share:percent} of all, name no "
            "customer on record. They cost **{without_customer_usd:usd}**, which is in every total and in "
            "no customer's margin; **{without_team_usd:usd}** has no team.",
            coverage,
            ask.calls_without_customer(warehouse),
        ),
        domain_spec=f"{_DOMAIN} (allocation)",
        domain_framework="Understand Usage & Cost: Allocation",
        ubr_impact=coverage.say(
            "**{without_customer_usd:usd}** of cost in 30 days cannot be priced into anybody's fee."
        ),
        recommendation=Recommendation(
            note(
                "Label calls with their customer, and refuse those without one only once every source "
                "does; add the missing features to the cost centres."
            ),
            "Head of Engineering",
            "days",
        ),
        outcome=coverage.say(
            "Between nothing and **{without_customer_usd:usd}** of cost in 30 days finds its customer. "
            "Assumption: at the high end every such call belongs to a customer who can be named; some may "
            "be tests of your own."
        ),
        supporting=Table(
            GAP_COLUMNS,
            ask.gaps(warehouse),
            note("what the figures of this page cannot vouch for, in the period."),
            max_rows=12,
        ),
    )
    return (insight,)


def dear_tokens(warehouse: Warehouse) -> Insight:
    """The model whose tokens cost most, and what the switches away from it are worth."""
    models = ask.tokens(warehouse, "model")
    return Insight(
        title=models.say(
            "A token of {value:text} costs {times_average:ratio} times the average and makes "
            "{cost_share:percent} of cost"
        ),
        problem=models.say(
            "1,000 tokens cost {dearest_usd:usd_unit} on {value:text} and {average_usd:usd_unit} on "
            "average. Its {token_share:percent} of all tokens make **{cost_usd:usd}**, "
            "{cost_share:percent} of cost."
        ),
        domain_spec=f"{_DOMAIN} (token efficiency)",
        domain_framework=(
            "Quantify Business Value: Unit Economics; Optimize Usage & Cost: Usage Optimization"
        ),
        ubr_impact=models.say(
            "**{cost_usd:usd}** of cost to serve in 30 days rests on the price of this model."
        ),
        recommendation=Recommendation(
            note("Move its tasks to a cheaper model where quality allows, as listed under Actions."),
            "Head of Engineering",
            days_of(kind(warehouse, "model_switch")),
            is_in_plan=True,
        ),
        outcome=worth_of_switches(switches_from(warehouse, str(models["value"]))),
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
            note("token efficiency by model, the dearest token first."),
        ),
    )
