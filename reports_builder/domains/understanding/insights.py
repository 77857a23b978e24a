"""The insight blocks of the analysis of usage and cost."""

from reports_builder.domains.understanding import queries as ask
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.savings import ledger, total_savings
from reports_builder.warehouse import Warehouse

_DOMAIN = "Understanding Usage & Cost"


def ownership(warehouse: Warehouse, coverage: Evidence) -> tuple[Insight, ...]:
    """Cost that names no customer on record, or no team; nothing when there is none."""
    if not coverage["without_customer_usd"] and not coverage["without_team_usd"]:
        return ()
    insight = Insight(
        title=coverage.say("{without_customer_usd:usd} of cost has no customer to answer for it"),
        problem=coverage.say(
            "{without_customer_calls:count} calls, {without_customer_call_share:percent} of all, name no "
            "customer on record. They cost **{without_customer_usd:usd}**, which is in every total and in "
            "no customer's margin; **{without_team_usd:usd}** has no team."
        ),
        domain_spec=f"{_DOMAIN} (allocation)",
        domain_framework="Understand Usage & Cost: Allocation",
        ubr_impact=coverage.say(
            "**{without_customer_usd:usd}** of cost in 30 days cannot be priced into anybody's fee."
        ),
        recommendation=Recommendation(
            note(
                "Refuse calls without a customer at the gateway, and add the missing features to the cost "
                "centres."
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
            (
                Column("gap", "Gap", "words"),
                Column("affected_calls", "Calls or records", "count"),
                Column("affected_call_share", "Share of them", "percent"),
                Column("affected_cost_usd", "Cost", "usd_table"),
                Column("affected_share", "Share of cost", "percent"),
            ),
            ask.gaps(warehouse),
            note("what the figures of this page cannot vouch for, in the period."),
            max_rows=12,
        ),
    )
    return (insight,)


def dear_tokens(warehouse: Warehouse) -> Insight:
    """The model whose tokens cost most, and what the open actions about models and caches are worth."""
    models = ask.tokens(warehouse, "model")
    actions = ledger(warehouse, "model_switch", "caching", rows=5)
    saved = total_savings(warehouse, actions)
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
            note(
                "Move tasks to a cheaper model where quality allows, and cache fixed prompts, as listed "
                "under Actions."
            ),
            "Head of Engineering",
            "two weeks",
            is_in_plan=True,
        ),
        outcome=saved.say(
            "**{total_net_usd:usd}** a month ({total_low_usd:usd} to {total_high_usd:usd}) from the "
            "{action_count:count} actions below, net of overlap. Assumption: the same calls with the same "
            "tokens."
        )
        if actions.rows
        else note(
            "No change: no open action of these kinds saves money. Assumption: prices stay as they are."
        ),
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


def _tested(accuracy: Evidence) -> Prose:
    if accuracy["wape"] is None:
        return note("No day has come that could be held against a forecast.")
    error = accuracy.say(
        "Tested on {origins:count} past days, the forecast missed the cost of a day by {wape:percent} of it "
        "and was {lean_share:percent} too {lean_word:text} over all. "
    )
    if accuracy["interval_coverage_share"] is None:
        return error + note("There were too few to test its range.")
    return error + accuracy.say(
        "Its daily range held {interval_coverage_share:percent} of the outcomes; it promises "
        "{interval_target_share:percent}."
    )


def planning(warehouse: Warehouse, outlook: Evidence, accuracy: Evidence) -> tuple[Insight, ...]:
    """What the next 30 days cost and how far past forecasts were off; nothing without a forecast."""
    if outlook["forecast_usd"] is None:
        return ()
    if outlook["lower_usd"] is None:
        advice = "Collect eight weeks of data before planning with the forecast."
        outcome = note("Unknown: history is too short for a range. Assumption: none can be made yet.")
    else:
        advice = "Plan with the upper end of the range, and look again in two weeks."
        outcome = outlook.say(
            "Between **{lower_usd:usd}** and **{upper_usd:usd}**. Assumption: the next 30 days resemble "
            "the last eight weeks; four in five past 30-day outcomes lay within such a range."
        )
    insight = Insight(
        title=outlook.say("The next 30 days: {forecast_usd:usd}, {change_share:delta}"),
        problem=_tested(accuracy),
        domain_spec=f"{_DOMAIN} (forecast)",
        domain_framework="Quantify Business Value: Forecasting",
        ubr_impact=outlook.say(
            "**{change_usd:more_or_less_usd}** to serve customers in the next 30 days than in the last."
        ),
        recommendation=Recommendation(
            note(advice),
            "Head of Finance",
            "hours",
        ),
        outcome=outcome,
        supporting=Table(
            (
                Column("name", "Scope"),
                Column("trailing_cost_usd", "Last 30 days", "usd_table"),
                Column("forecast_usd", "Next 30 days", "usd_table"),
                Column("lower_usd", "Low", "usd_table"),
                Column("upper_usd", "High", "usd_table"),
                Column("change_share", "Change", "delta"),
                Column("wape", "Error per day", "percent"),
            ),
            ask.outlooks(warehouse),
            note(
                "each scope is forecast on its own, so the parts do not sum to the total; the rows named "
                "rest hold the difference."
            ),
        ),
    )
    return (insight,)
