"""What the reports and the dashboard say of price plans, the recommended one before all."""

from collections.abc import Mapping

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import UNKNOWN, Value, count, percent_fine
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Figure, KeyFigure, Table
from reports_builder.subjects.margin.queries import costs_counted
from reports_builder.subjects.margin.statements import cost_named, margin_named, margin_within_sentence
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.charts import monthly_margins, plan_margins
from reports_builder.warehouse import Warehouse

# A discount here and there is within it; another price list is not.
_OTHER_FEES = 0.05


def _steep_rises(plan: Mapping[str, Value]) -> str:
    share = plan["steep_rise_customer_share"]
    return UNKNOWN if share is None else f"{count(plan['profitable_steep_rises'])} ({percent_fine(share)})"


def included(price: Mapping[str, Value]) -> str:
    """What the base fee of a tier covers a month."""
    if price["usage_unit"] == "none" or price["included_units"] is None:
        return "unlimited"
    return count(price["included_units"])


def included_units(price: Mapping[str, Value]) -> str:
    """The same with the unit that it counts."""
    if included(price) == "unlimited":
        return "unlimited"
    unit = {"call": "calls", "1k_tokens": "thousand tokens"}.get(str(price["usage_unit"]), "credits")
    return f"{included(price)} {unit}" if price["included_units"] else "none"


def served_up_to(price: Mapping[str, Value]) -> str:
    """The use of a month beyond which nothing is served."""
    return "no limit" if price["usage_cap_units"] is None else count(price["usage_cap_units"])


def unit_of_price(price: Mapping[str, Value]) -> str:
    """What the price of a unit is for."""
    unit = str(price["usage_unit"])
    return {"none": "nothing metered", "1k_tokens": "thousand tokens"}.get(unit, unit)


def metered(price: Mapping[str, Value]) -> str:
    """What a plan meters."""
    unit = str(price["usage_unit"])
    return {"none": "nothing", "1k_tokens": "1,000 tokens"}.get(unit, unit)


KEY_FIGURE_HEADINGS = ("Figure", "Recommended plan", "Today", "Change", "Target or limit", "Status")
PLAN_COLUMNS = (
    Column("plan_name", "Plan"),
    Column("revenue_usd", "Revenue", "usd_table"),
    Column("gross_margin_usd", "Margin, none leaves", "usd_table"),
    Column("gross_margin_base_churn_usd", "Margin, base churn", "usd_table"),
    Column("gross_margin_high_churn_usd", "Margin, high churn", "usd_table"),
    Column("unprofitable_customers", "With a loss", "count"),
    Column("profitable_steep_rises", "Steep rises of profitable customers", words=_steep_rises),
    Column("verdict_words", "Verdict"),
)
INVOICE_COLUMNS = (
    Column("customer_id", "Id"),
    Column("customer_name", "Customer"),
    Column("subscription_tier", "Tier"),
    Column("subscribed_days", "Days subscribed", "count"),
    Column("current_revenue_usd", "Fees today", "usd_table"),
    Column("revenue_usd", "Under the plan", "usd_table"),
    Column("revenue_change_usd", "Change", "delta_usd_table"),
    Column("current_gross_margin_usd", "Margin today", "usd_table"),
    Column("gross_margin_usd", "Margin then", "usd_table"),
)


def today_said(warehouse: Warehouse, plan: Evidence) -> Prose:
    """What today's prices bring, and what they lose."""
    if plan["current_gross_margin_usd"] is None:
        return plan.say(
            "Today's prices brought **{current_revenue_usd:usd}**; what they left is unknown, because the "
            "cost of no call is known, so no price can be advised."
        )
    earns = float(plan["current_gross_margin_usd"]) >= 0  # type: ignore[arg-type]
    named = cost_named(costs_counted(warehouse))
    said = plan.say(
        ("We make money" if earns else "**We lose money**")
        + " under today's prices: they brought **{current_revenue_usd:usd}** and left "
        f"**{{current_gross_margin_usd:usd}}** ({{current_gross_margin_share:percent}}) of margin after "
        f"{named}; "
    ) + phrase("pricing/_lost_today", plan)
    if not plan["uncosted_calls"]:
        return said
    return said + plan.say(
        " Calls without a known cost: {uncosted_calls:count}. Margins here are at most what is shown, and "
        "leave out the customers of whose calls no cost is known ({unknown_customers:count})."
    )


def other_fees_said(today: Evidence) -> tuple[Prose, ...]:
    """That most customers do not pay by the price list on file, so that no comparison with it holds."""
    if not today.rows or float(today["list_gap_share"] or 0) < _OTHER_FEES:  # type: ignore[arg-type]
        return ()
    return (
        today.say(
            "**Do not act on this page yet**: the plan marked as today's in the seed pricing_plans would "
            "have brought {today_revenue_usd:usd_table}, but customers bring in {paid_usd:usd_table}. Put "
            "your own prices there and build again."
        ),
    )


def own_fees_said(prices: Evidence) -> tuple[Prose, ...]:
    """That a few customers pay another fee than the list's, which today's figures hold all the same."""
    if not prices.rows or not prices["customers_with_other_fee"] or prices["list_gap_share"] is not None:
        return ()
    return (
        prices.say(
            "{customers_with_other_fee:count} of {customers_with_list_fee:count} customers pay another fee "
            "than the price list says; today's figures count what they pay."
        ),
    )


def proposal_said(plan: Evidence) -> Prose:
    """The plan to choose and what it is worth, or why today's stays."""
    if plan["is_current_plan"]:
        return kept_said(plan)
    return plan.say(
        "At today's cost and on the same use the recommended plan lifts revenue by "
        "**{revenue_change_base_churn_usd:usd}** and margin by "
        "**{gross_margin_change_base_churn_usd:usd}** a month after expected departures, "
        "{gross_margin_change_low_usd:usd} to {gross_margin_change_high_usd:usd} if many or few leave"
        + (
            "; {cost_leaving_usd:usd} of it is cost of customers who leave"
            if plan["cost_leaving_usd"]
            else ""
        )
        + ": departures follow illustrative churn assumptions, and use is assumed to stay the same."
    )


def listed_said(listed: Evidence) -> tuple[Prose, ...]:
    """The best plan of the list beside the recommended one; nothing where that is today's."""
    if not listed.rows:
        return ()
    return (
        listed.say(
            "Your own list, rated alike: “{listed_name:text}” is the best of it by your rules, and "
            "would lift revenue by {listed_revenue_change_usd:usd} and margin by {listed_gain_usd:usd} a "
            "month ({listed_gain_low_usd:usd} to {listed_gain_high_usd:usd}). It is chosen as the search "
            "chooses: by the margin of the worst scenario once the savings are made, here "
            "{listed_worst_usd:usd}."
        ),
    )


def after_savings_said(saved: Evidence) -> tuple[Prose, ...]:
    """What the recommended plan is worth once calls are cheaper; nothing where no saving is known."""
    if not saved.rows:
        return ()
    return (
        saved.say(
            "Cheaper models and settings (the analysis of savings) would bring that margin, less the cost of "
            "calls without a customer, to {saved_margin_usd:usd} without it, and to "
            "**{planned_margin_usd:usd}** with it ({planned_margin_low_usd:usd} to "
            "{planned_margin_high_usd:usd}). After them the plan adds {gain_after_savings_usd:usd} instead "
            "of {gain_alone_usd:usd}, because {savings_lost_usd:usd} of the savings are on calls of "
            "customers that leave, or beyond a cap."
        ),
    )


def kept_said(plan: Evidence) -> Prose:
    """Why today's prices stay."""
    if not plan["comparable_plans"]:
        return note(
            "Other prices cannot be judged yet: no plan on the list names the tiers of your customers. Add "
            "rows for them to the seed pricing_plans, and build again."
        )
    return note(
        "Keep the prices: no plan, searched for or on your list, beats today's by the rules that you set."
    )


def invoices_said(plan: Evidence, rules: Evidence, limits: Evidence) -> Prose:
    """Whose invoices change under the recommended plan, for how many steeply, and how near its limit."""
    return (
        plan.say(
            "Of the {active_customers:count} customers subscribed on the last day, "
            "**{customers_paying_more:count}** would pay more and "
            "{customers_paying_less:count} less"
            + ("; {customers_unchanged:count} see no change. " if plan["customers_unchanged"] else ". ")
        )
        + say(
            "{steep_customers:count} of the {profitable_customers:count} that earn money today would pay "
            "over {steep_rise_share:percent} more: ",
            plan,
            rules,
            limits,
        )
        + phrase("pricing/_until_rejected", limits)
    )


def rejected_said(rejected: Evidence, rules: Evidence) -> tuple[Prose, ...]:
    """What the rules cost: the rejected plan that would earn more, and by how much it misses them."""
    if not rejected.rows:
        return ()
    more = rejected.say(
        "Your rules have a price: “{rejected_name:text}” would earn **{missed_gain_usd:usd}** more a month "
        "after expected departures, but is rejected: "
    )
    if rejected["verdict"] == "loses_margin_under_high_churn":
        return (
            more + rejected.say("in the worst scenario it would leave {worst_loss_usd:usd} less than today."),
        )
    return (
        more
        + say(
            "it raises {rejected_steep_customers:count} of {rejected_paying_customers:count} invoices of "
            "profitable customers "
            "({rejected_steep_share:percent_fine}) by over {steep_rise_share:percent}, "
            "**{steep_beyond_limit:count}** more "
            "than the {steep_allowed:count} that your limit of {steep_limit_share:percent} allows.",
            rejected,
            rules,
        ),
    )


def months_said(months: Evidence) -> tuple[Prose, ...]:
    """In how many whole months the recommended plan would have invoiced more; nothing without any."""
    if not months["complete_months"]:
        return ()
    return (
        months.say(
            "It would have invoiced more in {better_months:count} of the {complete_months:count} complete "
            "months of the data, if everybody had stayed."
        ),
    )


def key_figures(warehouse: Warehouse, plan: Evidence, rules: Evidence) -> tuple[KeyFigure, ...]:
    """What the recommended plan would make of the period, beside the period as it was."""
    departures = note("at today's cost, after expected departures")
    named = margin_named(warehouse)
    return (
        KeyFigure(
            "Revenue under the plan",
            plan.cell("revenue_base_churn_usd", "usd_table"),
            plan.cell("current_revenue_usd", "usd_table"),
            plan.cell("revenue_change_base_churn_share", "delta"),
            status=departures,
        ),
        KeyFigure(
            f"{named}, under the plan",
            plan.cell("gross_margin_base_churn_usd", "usd_table"),
            plan.cell("current_gross_margin_usd", "usd_table"),
            plan.cell("gross_margin_change_base_churn_share", "delta"),
            status=plan.say(
                "gain of {gross_margin_change_low_usd:usd} to {gross_margin_change_high_usd:usd}"
            ),
        ),
        KeyFigure(
            "The same, of revenue",
            plan.cell("gross_margin_base_churn_share", "percent"),
            plan.cell("current_gross_margin_share", "percent"),
            plan.cell("gross_margin_share_change", "delta_points"),
            status=departures,
        ),
        KeyFigure(
            "Customers with a loss",
            plan.cell("unprofitable_customers", "count"),
            plan.cell("current_unprofitable_customers", "count"),
            target=note("0"),
            status=note("nobody leaving"),
        ),
        KeyFigure(
            "Invoices that would rise",
            plan.say("{customers_paying_more:count} of {active_customers:count}"),
            status=plan.say("{customers_paying_less:count} would fall"),
        ),
        KeyFigure(
            "Steep rises of profitable customers",
            plan.cell("profitable_steep_rises", "count"),
            target=rules.say("at most {steep_limit_share:percent} of profitable customers"),
            status=plan.say(
                "{steep_rise_customer_share:percent_fine} of {profitable_customers:count} that earn "
                "money today"
            ),
        ),
        KeyFigure(
            "Expected departures",
            plan.say("about {customers_lost_base_churn:count}"),
            status=plan.say("{customers_lost_low_churn:count} to {customers_lost_high_churn:count}, assumed"),
        ),
    )


def margins_figure(warehouse: Warehouse, plan: Evidence) -> Figure:
    """The margin of each plan with its range of departures."""
    plans = ask.rated_alike(warehouse)
    named = margin_within_sentence(warehouse)
    title = (
        plan.say("“{plan_name:text}” stays the best of the plans that your rules allow")
        if plan["is_current_plan"]
        else plan.say(
            f"“{{plan_name:text}}” would lift the {named} from {{current_gross_margin_usd:usd}} to "
            "{gross_margin_base_churn_usd:usd}"
        )
    )
    return Figure(
        "plan-margins",
        plan_margins(plans),
        title,
        title + note(". A bar of margin per plan, with its range when few or many customers leave."),
        plans,
        height=80 + 44 * len(plans.rows),
        key="Bar and figure: after expected departures. Line: from many to few departures. Dashed: today. "
        "Each plan is rated as the search rates its own.",
    )


def history_figure(warehouse: Warehouse, plan: Evidence) -> tuple[Figure, ...]:
    """The margin of each whole month under every plan; nothing without a whole month."""
    months = ask.months(warehouse)
    if not months["complete_months"]:
        return ()
    title = (
        plan.say("“{plan_name:text}” stays the plan to choose, month by month")
        if plan["is_current_plan"]
        else months.say(
            "The recommended plan earns more than today's prices in {better_months:count} of "
            "{complete_months:count} complete months"
        )
    )
    history = ask.history(warehouse)
    figure = Figure(
        "plan-history",
        monthly_margins(history),
        title,
        title + note(". A line per plan for the margin of each month, nobody leaving."),
        history,
        key="Named: today's prices and the recommended plan. Grey: the other plans. Nobody leaving.",
    )
    return (figure,)


def changes_table(plans: Evidence) -> Table:
    """Every plan: what it would have invoiced, for whom more and for whom less."""
    columns = (
        Column("plan_name", "Plan"),
        Column("revenue_usd", "Revenue", "usd_table"),
        Column("revenue_change_usd", "Against today", "delta_usd_table"),
        Column("usage_fee_usd", "Of it by use", "usd_table"),
        Column("customers_paying_more", "Pay more", "count"),
        Column("customers_paying_less", "Pay less", "count"),
        Column("customers_unchanged", "Same", "count"),
        Column("customers_with_steep_rise", "Steep rise", "count"),
        Column("gross_margin_change_base_churn_usd", "Margin after churn", "delta_usd_table"),
        Column("verdict_words", "Verdict"),
    )
    return Table(columns, plans)


def scenarios_table(warehouse: Warehouse) -> Table:
    """How likely a customer leaves by the rise of its invoice."""
    columns = (
        Column("rise_share", "Invoice rises by at least", "percent"),
        Column("low_share", "Leaves, low", "percent"),
        Column("base_share", "Leaves, base", "percent"),
        Column("high_share", "Leaves, high", "percent"),
    )
    return Table(columns, ask.scenarios(warehouse), note("how likely a customer leaves, as assumed."))


def segments_table(warehouse: Warehouse, kind: str, heading: str) -> Table:
    """Every plan over the segments of one kind, nobody leaving."""
    columns = (
        Column("plan_name", "Plan"),
        Column("segment", heading),
        Column("customers", "Customers", "count"),
        Column("revenue_usd", "Revenue", "usd_table"),
        Column("revenue_change_share", "Against today", "delta"),
        Column("revenue_change_share_p50", "Middle invoice", "delta"),
        Column("gross_margin_usd", "Margin", "usd_table"),
        Column("gross_margin_share", "Of revenue", "percent"),
        Column("unprofitable_customers", "Below cost", "count"),
        Column("customers_paying_more", "Pay more", "count"),
        Column("customers_paying_less", "Pay less", "count"),
    )
    return Table(columns, ask_customers.segments_of_plans(warehouse, kind), max_rows=40)
