"""The insight blocks of the profitability report."""

from collections.abc import Mapping
from datetime import date

from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.formatting import Value
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import UNIT_ECONOMICS
from reports_builder.subjects.margin import queries as ask
from reports_builder.subjects.pricing import customers as ask_prices
from reports_builder.subjects.pricing.queries import PLAN_EFFORT
from reports_builder.warehouse import Warehouse

PROFITABILITY = "Understanding Usage & Cost (cost to serve); usage-based revenue: customer profitability"


def _margin_status(customer: Mapping[str, Value]) -> Value:
    """Since when a customer loses money that came in the period; else how lasting its loss is."""
    since = customer["new_since_date"]
    return f"new since {since.day} {since:%B}" if isinstance(since, date) else customer["margin_status"]


LOSS_COLUMNS = (
    Column("customer_name", "Customer"),
    Column("subscription_tier", "Tier"),
    Column("usage_archetype", "Declared use"),
    Column("revenue_usd", "Fees earned", "usd_table"),
    Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
    Column("prior_gross_margin_usd", "Margin before", "usd_table"),
    Column("margin_status", "Status", "words", words=_margin_status),
)


def where_margin_goes(
    warehouse: Warehouse, totals: Evidence, losing: Evidence, segments: Evidence
) -> tuple[Insight, ...]:
    """Who loses money, which group of customers most, and who is next."""
    return (
        *losses(totals, losing, ask_prices.segments(warehouse, "margin_today")),
        *worst_segment(segments, ask_prices.segments(warehouse, "tier_and_archetype")),
        *next_to_lose(ask.next_to_lose(warehouse), ask.at_risk(warehouse)),
    )


def losses(totals: Evidence, losing: Evidence, by_margin: Evidence) -> tuple[Insight, ...]:
    """Whose fees do not cover their cost, and what the recommended plan makes of it."""
    if not losing.rows:
        return ()
    return (
        Insight(
            title=totals.say(
                "{losing_customers:count} of {customers:count} customers cost more than their fees"
            ),
            problem=_lasting(totals),
            domain_spec=PROFITABILITY,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=totals.say(
                "**{loss_usd:usd}** lost in 30 days. Without these customers the margin would be "
                "higher by that amount, although less in fees would be earned."
            ),
            recommendation=Recommendation(
                note("Call these first, with their own use in hand, and offer a price that follows it."),
                "Head of Sales",
                PLAN_EFFORT if _is_moved(_segment(by_margin, "loses_money")) else "days",
                is_in_plan=_is_moved(_segment(by_margin, "loses_money")),
            ),
            outcome=_loss_outcome(totals, by_margin),
            supporting=Table(
                LOSS_COLUMNS, losing, note("customers with a loss, the largest first, in the period.")
            ),
        ),
    )


def _lasting(totals: Evidence) -> Prose:
    if totals["prior_margin_usd"] is None:
        return totals.say(
            "Their fee is fixed, their use is not: together they lost us **{loss_usd:usd}** in 30 "
            "days. Whether they did before is not known, because the data does not reach back far "
            "enough."
        )
    return totals.say(
        "Their fee is fixed, their use is not: together they lost us **{loss_usd:usd}** in 30 "
        "days. {recurring_customers:count} of them lost us money in the 30 days before as "
        "well; {new_customers:count} are new to the list."
    )


def _loss_outcome(totals: Evidence, by_margin: Evidence) -> Prose:
    losing = _segment(by_margin, "loses_money")
    if losing is None or not _is_moved(losing):
        return totals.say(
            "Up to **{loss_usd:usd}** of margin in 30 days. Assumption: each pays what it costs, "
            "or leaves; nothing if they stay as they are."
        )
    return losing.say(
        "**{gain_usd:usd}** of margin in 30 days ({gain_low_usd:usd} to {gain_high_usd:usd}) "
        "under the recommended plan. Assumption: they use as much as before; how many leave "
        "follows the churn scenarios, from many to few."
    )


def _is_moved(segment: Evidence | None) -> bool:
    """Whether the recommended plan changes what these customers pay."""
    return segment is not None and segment["gain_usd"] is not None and bool(segment["revenue_change_usd"])


def _segment(segments: Evidence, name: str) -> Evidence | None:
    return next((row for row in segments.each() if row["segment"] == name), None)


def worst_segment(segments: Evidence, planned: Evidence) -> tuple[Insight, ...]:
    """The tier and declared use whose fees fall furthest short of the cost."""
    # Where the declared use is not on record, a tier is no finer than the customers listed above.
    if not segments["is_loss"] or segments["usage_archetype"] == "unknown":
        return ()
    after = _segment(planned, str(segments["segment"]))
    outcome = note("Their margin rises to zero at least. Assumption: each pays what it costs, or leaves.")
    if after is not None and after["revenue_change_usd"]:
        outcome = after.say(
            "Their margin moves by **{gain_usd:usd}** in 30 days ({gain_low_usd:usd} to "
            "{gain_high_usd:usd}) under the recommended plan. Assumption: unchanged use, "
            "departures by the churn scenarios. This is part of the plan's gain below, not beside "
            "it."
        )
    return (
        Insight(
            title=segments.say("The tier does not say how much a customer uses: {segment:text} loses most"),
            problem=segments.say(
                "{customers:count} customers declared as {usage_archetype:text} users on the "
                "{subscription_tier:text} tier bring in **{revenue_usd:usd}** and cost **{cost_usd:usd}**. "
                "The same tier holds customers with a fraction of that use at the same fee."
            ),
            domain_spec=PROFITABILITY,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=segments.say("**{margin_usd:usd}** of margin in 30 days from this group alone."),
            recommendation=Recommendation(
                note(
                    "Tie the tier to an amount of use, so that a customer who outgrows one moves to the next."
                )
                if after is None or not _is_moved(after)
                else after.say("Move these customers to “{plan_name:text}”, those that lose money first."),
                "Head of Product",
                PLAN_EFFORT if _is_moved(after) else "weeks",
                is_in_plan=_is_moved(after),
            ),
            outcome=outcome,
            supporting=Table(
                SEGMENT_MARGIN_COLUMNS,
                segments,
                note("margin by tier and declared use, the worst first, in the period."),
            ),
        ),
    )


def next_to_lose(risky: Evidence, together: Evidence) -> tuple[Insight, ...]:
    """Who turns into a loss when its cost rises once more as it just did."""
    if not risky.rows:
        return ()
    return (
        Insight(
            title=say(
                "{customer_name:text} turns into a loss if its cost rises once more as it did"
                if len(risky.rows) == 1
                else "{customers_at_risk:count} customers turn into a loss if their cost rises once more as "
                "it did",
                risky,
                together,
            ),
            problem=say(
                "Its cost rose by {rise_total_usd:usd} in 30 days, abnormal days left out; "
                "{margin_left_usd:usd} of margin is left."
                if len(risky.rows) == 1
                else "Their cost rose by {rise_total_usd:usd} in 30 days, abnormal days left out. Another "
                "rise of the same size would turn each of them into a loss; the largest is that of "
                "{customer_name:text}, {cost_rise_usd:usd}.",
                risky,
                together,
            ),
            domain_spec=PROFITABILITY,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=together.say("**{margin_at_risk_usd:usd}** of margin in 30 days would be gone."),
            recommendation=Recommendation(
                note("Ask what changed, and whether the use is meant, before the next invoice."),
                "Head of Customer Success",
                "days",
            ),
            outcome=together.say(
                "Between **{rise_largest_usd:usd}** (the largest rise stops) and "
                "**{rise_total_usd:usd}** (all do) of cost avoided in the next 30 days. Assumption: "
                "without a word, each rises again as it just did."
                if len(risky.rows) > 1
                else "Between nothing, if the use is meant, and **{rise_total_usd:usd}** of cost avoided in "
                "the next 30 days. Assumption: without a word, it rises again as it just did."
            ),
            supporting=Table(
                (
                    Column("customer_name", "Customer"),
                    Column("subscription_tier", "Tier"),
                    Column("revenue_usd", "Fees earned", "usd_table"),
                    Column("usual_cost_usd", "Cost without abnormal days", "usd_table"),
                    Column("abnormal_cost_usd", "On abnormal days", "usd_table"),
                    Column("cost_rise_usd", "Rise of cost", "usd_table"),
                    Column("margin_left_usd", "Margin left", "usd_table"),
                ),
                risky,
                note(
                    "profitable customers whose last rise of cost exceeds the margin that is left; what "
                    "abnormal days cost above the expected is in neither."
                ),
            ),
        ),
    )


def lifetime(tiers: Evidence, total: Evidence) -> tuple[Insight, ...]:
    """What customers are worth until they leave, and where winning one pays."""
    if tiers["low_value_usd"] is None:
        return ()
    # What an example says of winning customers is no decision.
    is_known = tiers["low_value_to_cost"] is not None and not tiers["is_example"]
    pays = is_known and tiers["low_value_to_cost"] >= 1  # type: ignore[operator]
    return (
        Insight(
            title=tiers.say(
                "A {subscription_tier:text} customer is worth {low_value_to_cost:ratio} times what it costs "
                "to win, cautiously"
                if pays
                else "What a customer is worth, cautiously, does not cover what it costs to win, in any tier"
                if is_known
                else "Winning a {subscription_tier:text} customer may cost {low_value_usd:usd}, cautiously; "
                "what it does cost is not on record"
            ),
            problem=say(
                "Until they leave, {valued_customers:count} of today's customers are worth "
                "**{lifetime_low_usd:usd}** of margin at the cautious end of the churn rates, "
                "**{lifetime_usd:usd}** at the rates observed: {departures:count} departures, and from them "
                "an average life of {life_months:count} months, undiscounted. "
                + (
                    "Active customers without a margin, here worth nothing: {customers_without_margin:count}."
                    if total["customers_without_margin"]
                    else "The margin of some is not known."
                    if total["customers_cost_unknown"]
                    else "Every active customer has a margin."
                ),
                total,
            ),
            domain_spec=PROFITABILITY,
            domain_framework=UNIT_ECONOMICS,
            ubr_impact=tiers.say(
                "A {subscription_tier:text} customer earns **{margin_usd:usd}** of margin in 30 days on "
                "average, those with a loss among them, for {acquisition_usd:usd} of acquisition."
                if is_known
                else "A {subscription_tier:text} customer earns **{margin_usd:usd}** of margin in 30 days on "
                "average, those with a loss among them."
            ),
            recommendation=Recommendation(
                tiers.say("Spend the next acquisition money on {subscription_tier:text} customers.")
                if pays
                else note("Hold acquisition until prices or departures are better known.")
                if is_known
                else note("Put what winning a customer of each tier costs into the seed acquisition_costs."),
                "Head of Marketing",
                "weeks",
            ),
            outcome=tiers.say(
                "Each one won is worth between **{low_value_usd:usd}** (churn at the upper end of its "
                "interval) and **{value_usd:usd}** (churn as observed) of margin over its life. "
            )
            + join([*(_lost_on_winning(tiers) if is_known else ()), _WINNING_ASSUMED]),
            supporting=Table(
                LIFETIME_COLUMNS,
                tiers,
                note(
                    "means per tier, those with a loss included; churn over the whole data period. What "
                    "winning one costs is an example."
                    if tiers["is_example"]
                    else "means per tier, those with a loss included; churn over the whole data period."
                ),
            ),
        ),
    )


_WINNING_ASSUMED = note("Assumption: new customers use and leave as today's do.")


def _lost_on_winning(tiers: Evidence) -> tuple[Prose, ...]:
    """The tiers where winning a customer costs more than it is worth at the cautious end."""
    return tuple(
        tier.say(
            "To win one of the {subscription_tier:text} tier is a loss at the cautious end: "
            "{acquisition_usd:usd} for {low_value_usd:usd}."
        )
        for tier in tiers.each()
        if tier["low_value_to_cost"] is not None and tier["low_value_to_cost"] < 1  # type: ignore[operator]
    )


def _sample(tier: Mapping[str, Value]) -> Value:
    return "few departures: read the low value" if tier["is_small_sample"] else "enough"


LIFETIME_COLUMNS = (
    Column("subscription_tier", "Tier"),
    Column("valued_customers", "Customers", "count"),
    Column("without_margin", "Without a margin", "count"),
    Column("churned_customers", "Left", "count"),
    Column("monthly_churn_rate", "Churn a month", "percent"),
    Column("monthly_churn_rate_high", "At most", "percent"),
    Column("margin_usd", "Margin a month", "usd_table"),
    Column("value_usd", "Lifetime value", "usd_table"),
    Column("low_value_usd", "At least", "usd_table"),
    Column("payback_months", "Payback, months", "count"),
    Column("is_small_sample", "Sample", words=_sample),
)

SEGMENT_MARGIN_COLUMNS = (
    Column("segment", "Tier / declared use"),
    Column("customers", "Customers", "count"),
    Column("losing_customers", "With a loss", "count"),
    Column("revenue_usd", "Fees earned", "usd_table"),
    Column("cost_usd", "Cost to serve", "usd_table"),
    Column("margin_usd", "Margin", "usd_table"),
    Column("margin_share", "Of fees", "percent"),
)
