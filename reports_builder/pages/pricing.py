"""Analysis: what every customer would have paid under each price plan, and which plan to choose."""

from reports_builder.confidence import confidence
from reports_builder.domains.plans import insights
from reports_builder.domains.plans import queries as ask
from reports_builder.domains.plans.charts import expected_margins, monthly_margins
from reports_builder.domains.pricing import queries as ask_prices
from reports_builder.domains.pricing.insights import closeness
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.missing import page_without_customers
from reports_builder.model import (
    Action,
    ActionPlan,
    Column,
    Figure,
    KeyFigure,
    Page,
    Section,
    Table,
    TextHistogram,
)
from reports_builder.warehouse import Warehouse

_ASSUMPTIONS = (
    note("Measured: use and cost of every customer, and what each plan would have invoiced for them."),
    note("Assumed: nobody calls less, or more, because a call has a price."),
    note("Assumed: every customer stays in its tier, also where a higher one would be cheaper."),
    note("Assumed: the chance to leave by the rise of the invoice, as the scenarios below list it."),
    note(
        "Assumed: fees and unit prices of the plans. They are a proposal; change them in your list of price "
        "plans and build again."
    ),
    note(
        "Assumed: today's cost. Savings on models lower it and are counted apart, on the calls of the "
        "customers that stay."
    ),
)

_PATH = "analyses/pricing.md"
_TITLE = "Pricing: the same use under every plan"
_QUESTION = note(
    "A flat fee earns the same from a customer who calls ten times a day and from one who calls five "
    "hundred times, while their cost differs as their use does."
)


def build(warehouse: Warehouse) -> Page:
    """Revenue and margin per plan and segment, winners and losers, churn, and the recommended plan."""
    plan = ask.recommended(warehouse)
    if not plan.rows:
        return page_without_customers(warehouse, _PATH, _TITLE, _QUESTION)
    plans = ask.plans(warehouse)
    rules = ask.rules(warehouse)
    return Page(
        path=_PATH,
        title=_TITLE,
        period=warehouse.period,
        question=_QUESTION,
        answer=_answer(warehouse, plan, rules),
        key_figures=_key_figures(plan, rules),
        figures=_margins_figure(plan, plans),
        insights=(
            insights.structure(plan, plans),
            *insights.who_pays(warehouse, plan, rules),
            *insights.departures(warehouse, plan, plans),
            *insights.segments(warehouse, plan),
        ),
        plan=_plan(warehouse),
        confidence=confidence(warehouse, _ASSUMPTIONS),
        sections=(
            _rule_section(warehouse, rules, plans),
            _customers_section(warehouse),
            _segments_section(warehouse),
            _history_section(warehouse, plan),
            _terms_section(warehouse),
        ),
    )


def _answer(warehouse: Warehouse, plan: Evidence, rules: Evidence) -> tuple[Prose, ...]:
    today = plan.say(
        "Today's prices earn **{current_revenue_usd:usd}** in 30 days and a margin of "
        "**{current_gross_margin_usd:usd}** ({current_margin_share:percent}); "
        "{current_unprofitable:count} customers cost **{current_losses_usd:usd}** more than they pay."
    )
    if not plan["comparable_plans"]:
        return (
            today,
            note(
                "No plan on file names the tiers of your customers: add rows for them to the seed "
                "pricing_plans, "
                "and build again."
            ),
        )
    if plan["is_current_plan"]:
        return (today, note("No plan on file passes the rules and earns more: keep today's prices."))
    months = ask.months(warehouse)
    return (
        today,
        plan.say(
            "The rules recommend **{plan_name:text}** ({plan_kind:text}): "
            "**{gross_margin_change_base_churn_usd:more_or_less_usd}** margin in 30 days after expected "
            "departures, between {gain_high_churn_usd:usd} with high and {gain_low_churn_usd:usd} with low "
            "churn."
        ),
        say(
            "Invoices rise for {customers_paying_more:count} customers, fall for "
            "{customers_paying_less:count} and stay for {customers_unchanged:count}; "
            "**{steep_rise_customer_share:percent}** of paying customers see a rise of more than "
            "{steep_rise_share:percent}, and the rules allow {steep_limit_share:percent}.",
            plan,
            rules,
        ),
        closeness(ask_prices.room(warehouse)),
        months.say(
            "It would have invoiced more in {better_months:count} of the {complete_months:count} complete "
            "months of the data, if everybody had stayed."
        ),
    )


def _key_figures(plan: Evidence, rules: Evidence) -> tuple[KeyFigure, ...]:
    return (
        KeyFigure("Revenue, as it is", plan.cell("current_revenue_usd", "usd_table")),
        KeyFigure(
            "Revenue under the recommended plan",
            plan.cell("revenue_base_churn_usd", "usd_table"),
            change=plan.cell("revenue_change_base_share", "delta"),
            status=plan.say("after base churn; {revenue_usd:usd_table} if nobody leaves"),
        ),
        KeyFigure(
            "Gross margin, as it is",
            plan.cell("current_gross_margin_usd", "usd_table"),
            status=plan.say("{current_margin_share:percent} of revenue"),
        ),
        KeyFigure(
            "Gross margin under the recommended plan",
            plan.cell("gross_margin_base_churn_usd", "usd_table"),
            change=plan.cell("margin_change_base_share", "delta"),
            status=plan.say(
                "after base churn; {gross_margin_high_churn_usd:usd} to {gross_margin_low_churn_usd:usd}"
            ),
        ),
        KeyFigure(
            "Customers below cost, as it is and then",
            plan.say("{current_unprofitable:count}, then {unprofitable_customers:count}"),
            status=plan.say("of {customers:count} customers, nobody leaving"),
        ),
        KeyFigure(
            "Customers with a steep rise",
            plan.cell("steep_rise_customer_share", "percent"),
            target=rules.say("at most {steep_limit_share:percent}"),
            status=plan.say("{customers_with_steep_rise:count} of {paying_customers:count} paying customers"),
        ),
        KeyFigure(
            "Expected departures",
            plan.say("about {customers_lost_base_churn:count}"),
            status=plan.say("{customers_lost_low_churn:count} to {customers_lost_high_churn:count}, assumed"),
        ),
    )


def _margins_figure(plan: Evidence, plans: Evidence) -> tuple[Figure, ...]:
    if not plan.rows:
        return ()
    title = (
        plan.say("{plan_name:text} stays the plan that passes the rules with the highest margin")
        if plan["is_current_plan"]
        else plan.say(
            "{plan_name:text} would lift the margin from {current_gross_margin_usd:usd} to "
            "{gross_margin_base_churn_usd:usd}"
        )
    )
    return (
        Figure(
            "plan-margins",
            expected_margins(plans),
            title,
            title + note(". A bar per plan, the recommended one dark, with its range by churn."),
            plans,
            key=(
                "Bar and figure: margin after base churn; dark is recommended. Line: from high to low churn. "
                "Dashed: margin of today."
            ),
        ),
    )


def _plan(warehouse: Warehouse) -> ActionPlan:
    gain = ask.gain(warehouse)
    if not gain.rows:
        return ActionPlan((), note("No other plan on file passes the rules and earns more."))
    return ActionPlan(
        (
            Action(
                action=gain.say("Introduce {plan_name:text}"),
                owner_role="Head of Product",
                effort="a quarter",
                value=gain.cell("gain_usd", "usd_table"),
                value_range=gain.say("{low_gain_usd:usd_table} to {high_gain_usd:usd_table}"),
                confidence="medium: use is measured, departures are assumed",
                first_step=gain.say(
                    "Tell the {customers_with_steep_rise:count} customers with a steep rise what they would "
                    "pay, and hear whether they stay"
                ),
            ),
        ),
        gain.say(
            "Worth **{total_net_usd:usd_table}** of margin in 30 days after expected departures. Plans "
            "exclude one another, so nothing is added to it."
        ),
    )


def _rule_section(warehouse: Warehouse, rules: Evidence, plans: Evidence) -> Section:
    return Section(
        "The rule of the recommendation, and every plan under it",
        text=(
            rules.say(
                "A plan is eligible if at most {steep_limit_share:percent} of paying customers see their "
                "invoice rise by more than {steep_rise_share:percent}, if even high churn leaves at least "
                "today's margin, and if base churn leaves {least_gain_share:percent} more than today's. Of "
                "the eligible plans the one with the highest margin after base churn is recommended; if "
                "there is none, today's stays."
            ),
        ),
        tables=(
            Table(
                (
                    Column("plan_name", "Plan"),
                    Column("revenue_usd", "Revenue", "usd_table"),
                    Column("revenue_change_usd", "Against today", "delta_usd_table"),
                    Column("usage_fee_usd", "Of it by use", "usd_table"),
                    Column("customers_paying_more", "Pay more", "count"),
                    Column("customers_paying_less", "Pay less", "count"),
                    Column("customers_unchanged", "Same", "count"),
                    Column("customers_with_steep_rise", "Steep rise", "count"),
                    Column("gross_margin_change_base_churn_usd", "Margin after churn", "delta_usd_table"),
                    Column("judgement", "Judgement"),
                ),
                plans,
            ),
            Table(
                (
                    Column("rise_share", "Invoice rises by at least", "percent"),
                    Column("low_share", "Leaves, low", "percent"),
                    Column("base_share", "Leaves, base", "percent"),
                    Column("high_share", "Leaves, high", "percent"),
                ),
                ask.scenarios(warehouse),
                note("how likely a customer leaves, as assumed."),
            ),
        ),
    )


def _customers_section(warehouse: Warehouse) -> Section:
    columns = (
        Column("customer_id", "Id"),
        Column("customer_name", "Customer"),
        Column("subscription_tier", "Tier"),
        Column("current_revenue_usd", "Invoice today", "usd_table"),
        Column("revenue_usd", "Under the plan", "usd_table"),
        Column("revenue_change_usd", "Change", "delta_usd_table"),
        Column("current_gross_margin_usd", "Margin today", "usd_table"),
        Column("gross_margin_usd", "Margin then", "usd_table"),
    )
    rises, falls = ask.invoices(warehouse, rising=True), ask.invoices(warehouse, rising=False)
    return Section(
        "Winners and losers under the recommended plan",
        text=(note("No customer's invoice falls."),) if not falls.rows else (),
        tables=(
            *((Table(columns, rises, note("invoices that rise."), max_rows=20),) if rises.rows else ()),
            *((Table(columns, falls, note("invoices that fall."), max_rows=20),) if falls.rows else ()),
        ),
        histograms=(
            TextHistogram(
                note("Customers by the change of their invoice"),
                ask.changes(warehouse),
                "band",
                "customers",
                "customers",
            ),
        ),
    )


def _segments_section(warehouse: Warehouse) -> Section:
    def table(kind: str, heading: str) -> Table:
        return Table(
            (
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
            ),
            ask.segments(warehouse, kind),
            max_rows=40,
        )

    return Section(
        "Every plan by segment",
        text=(note("Nobody leaving; each table holds every customer once per plan."),),
        tables=(table("subscription_tier", "Tier"), table("usage_archetype", "Use")),
    )


def _history_section(warehouse: Warehouse, plan: Evidence) -> Section:
    history = ask.history(warehouse)
    months = ask.months(warehouse)
    title = (
        plan.say("{plan_name:text} stays the plan to choose, month by month")
        if plan["is_current_plan"]
        else months.say(
            "The recommended plan earns more than today's prices in {better_months:count} of "
            "{complete_months:count} complete months"
        )
    )
    figure = Figure(
        "plan-history",
        monthly_margins(history),
        title,
        title + note(". A line per plan for the margin of each month, nobody leaving."),
        history,
        key="Named: today's prices and the recommended plan. Grey: the other plans. Nobody leaving.",
    )
    return Section(
        "Every month re-rated",
        text=(note("A month that the data covers in part counts its days; the figure leaves it out."),),
        tables=(
            Table(
                (
                    Column("month_start_date", "Month", "month"),
                    Column("plan_name", "Plan"),
                    Column("is_complete_month", "Complete", "yes_no"),
                    Column("customers", "Customers", "count"),
                    Column("revenue_usd", "Revenue", "usd_table"),
                    Column("revenue_change_usd", "Against today", "delta_usd_table"),
                    Column("gross_margin_usd", "Margin", "usd_table"),
                    Column("gross_margin_share", "Of revenue", "percent"),
                    Column("unprofitable_customers", "Below cost", "count"),
                ),
                history,
                max_rows=40,
            ),
        ),
        figures=(figure,) if months["complete_months"] else (),
    )


def _terms_section(warehouse: Warehouse) -> Section:
    return Section(
        "The plans and why they are priced so",
        tables=(
            Table(
                (
                    Column("plan_name", "Plan"),
                    Column("subscription_tier", "Tier"),
                    Column("base_fee_usd", "Base fee a month", "usd_table"),
                    Column("metered", "Metered"),
                    Column("included", "Included"),
                    Column("usd_per_unit", "Price of a unit", "usd_unit"),
                    Column("rationale", "Why"),
                ),
                ask.terms(warehouse),
                max_rows=40,
            ),
        ),
    )
