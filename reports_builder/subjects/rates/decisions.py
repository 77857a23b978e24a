"""What the AI and price programmes make of the margin, and what then is left after all spend."""

from collections.abc import Mapping
from dataclasses import replace

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import Value
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.savings import beyond_end_said
from reports_builder.subjects.margin.queries import costs_counted
from reports_builder.subjects.margin.statements import margin_named, margin_within_sentence
from reports_builder.subjects.rates.charts import margin_steps
from reports_builder.warehouse import Warehouse


def _pays_from(step: Mapping[str, Value]) -> Value:
    """From which year a programme pays; one that costs nothing and changes nothing has none."""
    if step["own_first_year_usd"] is None or step["pays_from_year"] is not None:
        return None if step["pays_from_year"] is None else f"{step['pays_from_year']}"
    return "never" if step["effort_usd"] or step["change_usd"] else "no work"


_STEPS = (
    Column("step_name", "Step"),
    Column("revenue_usd", "Revenue", "usd_table"),
    Column("cost_usd", "Cost", "usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
    Column("gross_margin_share", "Of revenue", "percent"),
    Column("gross_margin_low_usd", "Low", "usd_table"),
    Column("gross_margin_high_usd", "High", "usd_table"),
    Column("losing_customers", "At a loss", "count"),
    Column("losses_usd", "Their loss", "usd_table"),
)
_OVERLAPS = (
    Column("step_name", "Step"),
    Column("alone_usd", "Alone", "usd_table"),
    Column("overlap_with_routing_usd", "Shared with routing", "usd_table"),
    Column("overlap_with_settings_usd", "With settings", "usd_table"),
    Column("overlap_with_price_usd", "With the price plan", "usd_table"),
    Column("change_usd", "In this order", "delta_usd_table"),
    Column("effort_usd", "Takes once", "usd_table"),
    Column("own_first_year_usd", "Adds in the first year", "usd_table"),
    Column("pays_from_year", "Pays from year", words=_pays_from),
)
_YEARS = (
    Column("step_name", "Up to this step"),
    Column("months_to_start", "Starts after", "months"),
    Column("first_year_usd", "First year", "usd_table"),
    Column("first_year_low_usd", "Low", "usd_table"),
    Column("first_year_high_usd", "High", "usd_table"),
    Column("second_year_usd", "Two years", "usd_table"),
    Column("third_year_usd", "Three years", "usd_table"),
    Column("third_year_low_usd", "Low", "usd_table"),
    Column("third_year_high_usd", "High", "usd_table"),
)
COMPANY_COLUMNS = (
    Column("step_name", "Step"),
    Column("revenue_usd", "Fees", "usd_table"),
    Column("all_spend_usd", "All spend", "usd_table"),
    Column("result_usd", "Fees less all spend", "usd_table"),
    Column("result_low_usd", "Low", "usd_table"),
    Column("result_high_usd", "High", "usd_table"),
    Column("effort_usd", "Takes once", "usd_table"),
    Column("first_year_usd", "First year, up to this step", "usd_table"),
    Column("first_year_low_usd", "Low", "usd_table"),
    Column("first_year_high_usd", "High", "usd_table"),
)
_CUSTOMERS = (
    Column("scope_name", "Customer"),
    Column("step_name", "Step"),
    Column("revenue_usd", "Expected revenue", "usd_table"),
    Column("cost_usd", "Expected cost", "usd_table"),
    Column("gross_margin_usd", "Expected margin", "usd_table"),
)
_AFTER = {
    "ai_and_price": "after the AI and price programmes",
    "infrastructure": "after the actions on machines and storage too",
    "commitments": "after the commitments that are quoted",
}


def company_steps(warehouse: Warehouse) -> Evidence:
    """The steps of the company, today first, commitments only where one counts; no row without customers."""
    return warehouse.evidence(
        """
        select
            step_name, step, revenue_usd, cost_usd, gross_margin_usd, gross_margin_share,
            gross_margin_low_usd, gross_margin_high_usd, losing_customers, losses_usd,
            change_usd, alone_usd, overlap_usd, overlap_with_routing_usd, overlap_with_settings_usd,
            overlap_with_price_usd, effort_usd, months_to_start, own_first_year_usd, pays_from_year,
            first_year_usd, first_year_low_usd, first_year_high_usd, second_year_usd,
            third_year_usd, third_year_low_usd, third_year_high_usd, monthly_churn_rate,
            monthly_churn_rate_low, monthly_churn_rate_high
        from rates.rpt_decision_waterfall
        where scope_type = 'company' and (step <> 'commitments' or alone_usd <> 0)
        order by step_order
        """
    )


def company_result(warehouse: Warehouse) -> Evidence:
    """Fees less all spend: today, after each step that has work; no row without customers or other spend."""
    return warehouse.evidence(
        """
        select
            step_name, step, revenue_usd, all_spend_usd, result_usd, result_low_usd, result_high_usd,
            beside_ai_usd, beside_ai_borne_share,
            effort_usd, effort_so_far_usd, first_year_usd, first_year_low_usd,
            first_year_high_usd
        from rates.rpt_company_result
        where beside_ai_usd > 0 and is_shown
        order by step_order
        """
    )


def after_cost_actions(warehouse: Warehouse) -> Evidence:
    """The company today and when nobody has been asked for another fee: two rows, today first."""
    return warehouse.evidence(
        """
        select gross_margin_usd, gross_margin_share, losing_customers, losses_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'company' and step in ('today', 'settings')
        order by step_order
        """
    )


def efforts(warehouse: Warehouse) -> Evidence:
    """What the AI and price programmes take once: one row."""
    return warehouse.evidence(
        """
        select sum(effort_usd) as total_effort_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'company'
        """
    )


def losing_customers(warehouse: Warehouse) -> Evidence:
    """The steps of the customers that cost more than their fees today, the largest loss first."""
    return warehouse.evidence(
        """
        select scope_name, step_name, revenue_usd, cost_usd, gross_margin_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'customer' and is_losing_today and (step <> 'commitments' or alone_usd <> 0)
        order by lowest_gross_margin_usd, scope_id, step_order
        """
    )


def calls_without_customer_said(warehouse: Warehouse) -> str:
    """Words within a sentence, where a total of the waterfall holds calls of no customer."""
    unowned = warehouse.evidence(
        """
        select cost_usd
        from rates.rpt_decision_waterfall
        where scope_type = 'customer' and scope_id = 'unallocated' and step = 'today' and cost_usd > 0
        """
    )
    return ", calls without a customer included" if unowned.rows else ""


def decisions_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """Where the programmes lead, and what the first of them does; nothing without customers."""
    steps = company_steps(warehouse)
    if not steps.rows:
        return ()
    today, routed, last = steps.at(0), steps.at(1), steps.at(len(steps.rows) - 1)
    named = margin_within_sentence(warehouse)
    return (
        today.say(
            f"The AI and price programmes{calls_without_customer_said(warehouse)}: a {named} of "
            "{gross_margin_share:percent} and a loss of **{losses_usd:usd}** on customers today; "
        )
        + routed.say(
            "{gross_margin_share:percent} and **{losses_usd:usd}** after the switches of models alone; "
        )
        + say(
            "**{gross_margin_usd:usd}** of margin a month after all of them ({gross_margin_low_usd:usd} to "
            "{gross_margin_high_usd:usd}), expected departures included. They take {total_effort_usd:usd} "
            "once; the twelve months from today bring {first_year_usd:usd} ({first_year_low_usd:usd} to "
            "{first_year_high_usd:usd}), that work and customers that leave as now taken off.",
            last,
            efforts(warehouse),
        ),
        *company_said(company_result(warehouse)),
    )


def _company_today(result: Evidence) -> Prose:
    return result.at(0).say("The whole company, fees less all spend: **{result_usd:usd}** a month today")


def company_said(result: Evidence) -> tuple[Prose, ...]:
    """What is left of the fees after all spend, today and step by step; nothing where AI is all spend."""
    if len(result.rows) < 2:
        return ()
    last = result.at(len(result.rows) - 1)
    said = _company_today(result)
    if last["result_usd"] is None:
        return (said + note("; what the programmes leave is unknown, because the cost of the calls is."),)
    for row in range(1, len(result.rows)):
        step = result.at(row)
        said += step.say(f", **{{result_usd:usd}}** {_AFTER[str(step['step'])]}")
    return (
        said
        + last.say(
            ". All of it takes {effort_so_far_usd:usd} once; with that paid, the twelve months from today "
            "leave {first_year_usd:usd} ({first_year_low_usd:usd} to {first_year_high_usd:usd})."
        ),
    )


def losses_without_new_prices(warehouse: Warehouse) -> tuple[Prose, ...]:
    """How much of the loss goes before anybody is asked for another fee; nothing where none does."""
    steps = after_cost_actions(warehouse)
    if not steps.rows or steps.at(0)["losses_usd"] == steps.at(1)["losses_usd"]:
        return ()
    return (
        note("A part of the loss needs no new price: switches of models and settings of calls take it from ")
        + steps.at(0).say("**{losses_usd:usd}** to ")
        + steps.at(1).say(
            "**{losses_usd:usd}** and leave {losing_customers:count} customers at a loss "
            "(the decision waterfall of the optimization page)."
        ),
    )


def hosting_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """What the margins leave out, and the company's line; nothing where hosting is in or AI is all spend."""
    result = company_result(warehouse)
    if len(result.rows) < 2 or not costs_counted(warehouse)["is_before_hosting"]:
        return ()
    return (
        result.say(
            "**All margins of this page are before hosting**: no rule says which of the "
            "**{beside_ai_usd:usd}** spent beside AI serves customers. "
        )
        + company_line(result),
    )


def company_line(result: Evidence) -> Prose:
    """Fees less all spend today and after the programmes that a price is a part of."""
    then = result.at(1)
    said = _company_today(result)
    if then["result_usd"] is None or then["step"] != "ai_and_price":
        return said + note(".")
    return (
        said
        + then.say(f", **{{result_usd:usd}}** {_AFTER['ai_and_price']}.")
        + result.say(" What fees leave after AI pays for {beside_ai_borne_share:percent} of that spend today")
        + then.say(", for {beside_ai_borne_share:percent} then.")
    )


def decision_figure(warehouse: Warehouse, steps: Evidence) -> Figure:
    """Margin of today, what each programme adds, and what that comes to."""
    named = margin_named(warehouse)
    last = steps.at(len(steps.rows) - 1)
    title = (
        note(
            f"The AI and price programmes together would take the monthly "
            f"{margin_within_sentence(warehouse)} from "
        )
        + steps.at(0).say("{gross_margin_usd:usd} to ")
        + last.say("{gross_margin_usd:usd}")
    )
    return Figure(
        "decision-waterfall",
        margin_steps(steps, named),
        title,
        title + note(". A bar for the margin today, one for what each programme adds, one for the whole."),
        steps,
        height=300,
        key="Bars: expected"
        + calls_without_customer_said(warehouse)
        + ". Line: from the low to the high end of the margin at the step.",
    )


def _leaving_said(steps: Evidence) -> Prose:
    """Which customers the years count."""
    if not steps["monthly_churn_rate"]:
        return note("; nobody is taken to leave but by price")
    return steps.say(
        "; in each month those of today's customers that are still there when "
        "{monthly_churn_rate:percent_fine} leave a month, as now, and no new ones; low when "
        "{monthly_churn_rate_high:percent_fine} leave, high when {monthly_churn_rate_low:percent_fine} do"
    )


def decision_section(warehouse: Warehouse, *, customers: bool = True) -> tuple[Section, ...]:
    """The waterfall as a section of a page; nothing while nothing is known of any customer."""
    steps = company_steps(warehouse)
    if not steps.rows:
        return ()
    losing = losing_customers(warehouse) if customers else None
    whole = company_result(warehouse)
    tables = (
        Table(
            _STEPS, steps, note(f"{margin_named(warehouse)}, of customers and of calls without one, 30 days")
        ),
        Table(
            _OVERLAPS,
            # Today changes nothing.
            replace(steps, rows=steps.rows[1:]),
            note(
                "What each programme is worth alone, what is shared between two, and what it adds in the "
                "twelve months from today, its effort taken off once"
            )
            + _leaving_said(steps),
            name="What each programme is worth alone",
        ),
        Table(
            _YEARS,
            steps,
            note(
                "Margin gained over today in the years from now, each programme from its start and each wave "
                "of the price plan from its own, all efforts taken off"
            )
            + _leaving_said(steps),
            name="Margin gained over today, by year",
        ),
        *(
            (
                Table(
                    COMPANY_COLUMNS,
                    whole,
                    note("The whole company, 30 days: machines, storage and all other spend included"),
                    name="The whole company, 30 days",
                ),
            )
            if len(whole.rows) > 1
            else ()
        ),
        *(
            (
                Table(
                    _CUSTOMERS,
                    losing,
                    note(
                        "Customers at a loss today: from the price plan on each counts with the chance "
                        "that it stays, so its revenue is not its invoice"
                    ),
                    max_rows=60,
                    name="Customers at a loss today, step by step",
                ),
            )
            if losing is not None and losing.rows
            else ()
        ),
    )
    return (
        Section(
            "One waterfall: the AI and price programmes, and the whole company",
            text=(
                note(
                    "Every step is what the ones before it leave. A saving on a customer that leaves is "
                    "lost, so it is "
                    "in the overlap and in no sum. Cost without a customer is in the company and in no "
                    "customer."
                    + (
                        ""
                        if any(row["step"] == "commitments" for row in steps.each())
                        else " No commitment is counted: none that a provider has quoted pays."
                    )
                )
                + beyond_end_said(warehouse, "model_switch"),
            ),
            figures=(decision_figure(warehouse, steps),),
            tables=tables,
        ),
    )
