"""What became of the price plans that somebody accepted."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

_COLUMNS = (
    Column("accepted_date", "Since", "day_short"),
    Column("month_start_date", "Month", "month"),
    Column("measured_days", "Days", "count"),
    Column("customers", "Customers of before", "count"),
    Column("customers_left", "Of them left", "count"),
    Column("fees_change_usd", "Fees", "delta_usd_table"),
    Column("cost_left_usd", "Cost that left with them", "usd_table"),
    Column("predicted_gain_usd", "Margin expected", "usd_table"),
    Column("realized_gain_usd", "Came", "usd_table"),
    Column("realized_share", "Of it", "percent"),
)


def accepted_plans(warehouse: Warehouse) -> Evidence:
    """Each accepted price plan by month since, the newest month of the newest plan first."""
    return warehouse.evidence(
        """
        select
            accepted_date, month_start_date, measured_days, customers, customers_left, fees_change_usd,
            cost_left_usd, predicted_monthly_gain_usd, predicted_gain_usd, realized_gain_usd, realized_share,
            plan_predicted_usd, plan_realized_usd
        from pricing.rpt_plans_tracked
        order by accepted_date desc, tracking_id, month_start_date desc
        """
    )


def accepted_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What was expected of an accepted price plan and what came; nothing where none was accepted."""
    plans = accepted_plans(warehouse)
    if not plans.rows:
        return ()
    caption = note(
        "Fees on equal days against those of the 30 days before, for the same customers; departures take "
        "their cost along"
    )
    return (
        Section(
            "The price plan that was accepted",
            text=(_came(plans),),
            tables=(Table(_COLUMNS, plans, caption),),
        ),
    )


def _came(plans: Evidence) -> Prose:
    holds = plans.say(
        "Accepted from {accepted_date:day} on, for {predicted_monthly_gain_usd:usd_table} of margin a month"
    )
    if plans["plan_realized_usd"] is None:
        return holds + note("; nothing is known of it yet.")
    return holds + plans.say(
        ": until now {plan_predicted_usd:usd_table} were expected, and **{plan_realized_usd:usd_table}** "
        "came; {customers_left:count} of {customers:count} customers of before have left. It is the change "
        "of their fees and no proof: somebody may pay more, or leave, for another reason."
    )
