"""The insight blocks on what the recommended plan does: to the margin, to customers, to segments."""

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import INVOICING, UNIT_ECONOMICS
from reports_builder.subjects.pricing import customers as ask
from reports_builder.subjects.pricing.queries import PLAN_EFFORT
from reports_builder.subjects.pricing.statements import PLAN_COLUMNS
from reports_builder.warehouse import Warehouse


def structure(plan: Evidence, plans: Evidence, sequence: Prose) -> Insight:
    """What today's prices earn and lose, and the plan that the rules choose."""
    is_kept = bool(plan["is_current_plan"])
    return Insight(
        title=plan.say("“{plan_name:text}” is the plan to keep")
        if is_kept
        else plan.say(
            "“{plan_name:text}”: {gross_margin_change_base_churn_usd:usd} more margin in 30 days after "
            "departures"
        ),
        problem=plan.say(
            "Today's prices bring {current_revenue_usd:usd} and leave **{current_gross_margin_usd:usd}** "
            "({current_gross_margin_share:percent}). {current_unprofitable_customers:count} of "
            "{customers:count} customers "
            "cost more than their fees, **{current_losses_usd:usd}** together: fees do not grow with use."
        ),
        domain_spec="Pricing Strategy Simulator (revenue and margin per model)",
        domain_framework=f"{UNIT_ECONOMICS}; Planning & Estimating",
        ubr_impact=plan.say("**{current_losses_usd:usd}** of loss in 30 days on customers above their fee."),
        recommendation=Recommendation(
            note(
                "Keep today's prices; no plan, searched for or on your list, passes the rules and earns more."
            )
            if is_kept
            else plan.say("Introduce “{plan_name:text}”. ") + sequence,
            "Head of Product",
            "none" if is_kept else PLAN_EFFORT,
            is_in_plan=not is_kept,
        ),
        outcome=plan.say(
            "Margin of **{gross_margin_base_churn_usd:usd}** in 30 days ({gross_margin_high_churn_usd:usd} "
            "to {gross_margin_low_churn_usd:usd}), with {unprofitable_customers:count} customers below cost "
            "before anyone leaves. Assumption: use stays as it was, and customers leave as the churn "
            "scenarios say."
        ),
        supporting=Table(
            PLAN_COLUMNS,
            plans,
            note("plans over the same 30 days of use, nobody leaving unless it is said."),
        ),
    )


def who_pays(warehouse: Warehouse, plan: Evidence, rules: Evidence) -> tuple[Insight, ...]:
    """Winners and losers of the recommended plan; nothing when no invoice rises."""
    if not plan["customers_paying_more"]:
        return ()
    impacts = ask.impacts(warehouse)
    insight = Insight(
        title=say(
            "Invoices rise for {customers_paying_more:count} of {active_customers:count} customers, who "
            "cause {rising_cost_share:percent} of cost",
            plan,
            impacts,
        ),
        problem=say(
            "They cost {rising_cost_to_serve_usd:usd} to serve and pay {rising_current_revenue_usd:usd} "
            "today. Under the plan "
            "they pay **{rising_revenue_change_usd:usd}** more, half of them over "
            "{rising_revenue_change_share_p50:percent} more; "
            "{customers_paying_less:count} customers pay less and {customers_unchanged:count} the same. "
            "{steep_customers:count} see a steep rise, by more than {steep_rise_share:percent}.",
            plan,
            impacts,
            rules,
        ),
        domain_spec="Pricing Strategy Simulator (winners and losers)",
        domain_framework=INVOICING,
        ubr_impact=impacts.say(
            "**{rising_revenue_change_usd:usd}** more revenue in 30 days comes from these customers."
        ),
        recommendation=Recommendation(
            note(
                "Call the customers below before the change, and offer a higher tier where it is cheaper."
                if impacts["moving_customers"]
                else "Call the customers below before the change, and show each its use and what it costs."
            ),
            "Head of Sales",
            "weeks",
        ),
        outcome=say(
            "About {customers_lost_base_churn:count} departures expected "
            "({customers_lost_low_churn:count} to {customers_lost_high_churn:count}); revenue of "
            "**{revenue_base_churn_usd:usd}** in 30 days "
            "({revenue_high_churn_usd:usd} to {revenue_low_churn_usd:usd}). Assumption: nobody calls less "
            "because it costs more.",
            plan,
        )
        + _moves(impacts),
        supporting=Table(
            (
                Column("customer_name", "Customer"),
                Column("subscription_tier", "Tier"),
                Column("usage_archetype", "Declared use"),
                Column("subscribed_days", "Days subscribed", "count"),
                Column("current_revenue_usd", "Fees today", "usd_table"),
                Column("revenue_usd", "Under the plan", "usd_table"),
                Column("revenue_change_share", "Change", "delta"),
                Column("cost_to_serve_usd", "Cost to serve", "usd_table"),
                Column("gross_margin_usd", "Margin then", "usd_table"),
            ),
            ask.invoices(warehouse, rising=True),
            note("the largest rises, invoice before and after."),
        ),
    )
    return (insight,)


def _moves(moves: Evidence) -> Prose:
    if not moves["moving_customers"]:
        return note(" No customer would pay less in a higher tier.")
    return moves.say(
        " These figures leave each customer in its tier. A higher one would be cheaper for "
        "{moving_customers:count}; if they move, revenue is **{moved_savings_usd:usd}** less than "
        "stated, and "
        "{revenue_change_after_moves_usd:more_or_less_usd} than today if nobody leaves."
    )


def departures(warehouse: Warehouse, plan: Evidence, plans: Evidence) -> tuple[Insight, ...]:
    """How much churn the recommended plan bears; nothing when no invoice rises."""
    stress = ask.impacts(warehouse)
    if not stress["rising_customers"]:
        return ()
    return (
        Insight(
            title=stress.say(
                "If all {steep_customers:count} customers with a steep rise left, the margin would be "
                "{margin_change_without_steep_usd:more_or_less_usd} than today, and once the savings "
                "are made "
                "{margin_change_without_steep_after_savings_usd:more_or_less_usd} than without the plan"
            ),
            problem=say(
                "Nobody knows yet how many leave. If all {steep_customers:count} customers with a steep rise "
                "left, they would take **{steep_gross_margin_usd:usd}** with them, "
                "{steep_margin_share:percent} of that margin, and the margin of all would be "
                "{margin_change_without_steep_usd:more_or_less_usd} than today. The plan is judged "
                "on the cost "
                "after the savings as well; there it would be "
                "**{margin_change_without_steep_after_savings_usd:more_or_less_usd}** than with the savings "
                "and today's prices, as their savings would go with them.",
                stress,
            ),
            domain_spec="Pricing Strategy Simulator (sensitivity to churn)",
            domain_framework="Quantify Business Value: Planning & Estimating; Forecasting",
            ubr_impact=stress.say(
                "**{steep_gross_margin_usd:usd}** of margin in 30 days depends on their staying."
            ),
            recommendation=Recommendation(
                note("Count from the first invoice who leaves, and compare with the base scenario."),
                "Head of Finance",
                "a quarter",
            ),
            outcome=plan.say(
                "**{gross_margin_change_base_churn_usd:more_or_less_usd}** margin in 30 days in the base "
                "scenario, {gross_margin_change_high_churn_usd:more_or_less_usd} with high and "
                "{gross_margin_change_low_churn_usd:more_or_less_usd} with low churn. Assumption: a "
                "customer that leaves "
                "takes its cost along."
            ),
            supporting=Table(
                (
                    Column("plan_name", "Plan"),
                    Column("customers_lost_base_churn", "Departures over the price, base", "count"),
                    Column("customers_lost_high_churn", "Departures over the price, high", "count"),
                    Column("gross_margin_low_churn_usd", "Margin, low churn", "usd_table"),
                    Column("gross_margin_base_churn_usd", "Base", "usd_table"),
                    Column("gross_margin_high_churn_usd", "High", "usd_table"),
                    Column("gross_margin_change_high_churn_usd", "High against today", "delta_usd_table"),
                ),
                plans,
                note("what each scenario leaves of 30 days of margin."),
            ),
        ),
    )


def segments(warehouse: Warehouse, plan: Evidence) -> tuple[Insight, ...]:
    """Where the change falls by tier and archetype; nothing when no invoice changes."""
    impacts = ask.recommended_segments(warehouse)
    if not impacts.rows or plan["customers_unchanged"] == plan["active_customers"]:
        return ()
    return (
        Insight(
            title=impacts.say(
                "The change falls on {segment:text} customers most: {revenue_change_usd:delta_usd}"
            ),
            problem=impacts.say(
                "These {customers:count} customers pay {current_revenue_usd:usd} today and cost "
                "{cost_to_serve_usd:usd}; the plan invoices **{revenue_usd:usd}**, the middle one "
                "{revenue_change_share_p50:delta}. Below cost today: {current_unprofitable_customers:count}; "
                "under the plan: {unprofitable_customers:count}."
            ),
            domain_spec="Pricing Strategy Simulator (segment impact)",
            domain_framework=f"{UNIT_ECONOMICS}; KPIs & Benchmarking",
            ubr_impact=impacts.say("**{revenue_change_usd:more_or_less_usd}** revenue in 30 days from them."),
            recommendation=Recommendation(
                impacts.say(
                    "Show each {segment:text} customer the new invoice before its turn comes: those that "
                    "lose money first."
                ),
                "Head of Product",
                "weeks",
            ),
            outcome=impacts.say(
                "Between no change and **{revenue_change_usd:more_or_less_usd}** revenue in 30 days from "
                "this segment. Assumption: all of them negotiate what they pay today, or "
                "all stay and use as before."
            ),
            supporting=Table(
                (
                    Column("segment", "Tier / declared use"),
                    Column("customers", "Customers", "count"),
                    Column("current_revenue_usd", "Revenue today", "usd_table"),
                    Column("revenue_usd", "Under the plan", "usd_table"),
                    Column("revenue_change_share_p50", "Middle invoice", "delta"),
                    Column("gross_margin_usd", "Margin then", "usd_table"),
                    Column("customers_paying_more", "Pay more", "count"),
                    Column("customers_paying_less", "Pay less", "count"),
                ),
                impacts,
                note("segments under the recommended plan, nobody leaving."),
            ),
        ),
    )
