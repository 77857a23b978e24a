"""What the reports and the dashboard say of the twelve months to come."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.planning.year import queries as ask
from reports_builder.warehouse import Warehouse


def year_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Twelve months ahead by month and by scenario; nothing without a forecast."""
    months = ask.months(warehouse)
    if not months.rows:
        return ()
    return (
        Section(
            "Twelve months ahead, and what if",
            text=(
                note(
                    "Past the thirty days of the daily forecast its mean goes on: growth is a scenario, not "
                    "a line drawn for a year. Events to come stand in the seed forecast_events, ends of "
                    "commitments on bills, scenarios in forecast_scenarios."
                ),
                _decided(ask.decided(warehouse)),
            ),
            tables=(
                Table(
                    (
                        Column("scenario", "Scenario", "words"),
                        Column("description", "What it assumes"),
                        Column("all_months_all_spend_forecast_usd", "All spend", "usd_table"),
                        Column("all_months_all_spend_lower_usd", "Low", "usd_table"),
                        Column("all_months_all_spend_upper_usd", "High", "usd_table"),
                        Column("all_months_all_spend_change_usd", "Against the forecast", "delta_usd_table"),
                        Column("all_months_forecast_usd", "Of it AI", "usd_table"),
                        Column("all_months_lower_usd", "AI low", "usd_table"),
                        Column("all_months_upper_usd", "AI high", "usd_table"),
                        Column("all_months_change_usd", "AI against the forecast", "delta_usd_table"),
                    ),
                    ask.scenarios(warehouse),
                    note(
                        "All months together; low and high if every month misses the same way. Growth is "
                        "that of AI, a price rises for what the scenario names, and a customer who leaves "
                        "takes along its cost in each component: all spend changes by their sum."
                    ),
                ),
                _months_table(ask.months(warehouse, all_spend=True), "All spend month by month"),
                _months_table(months, "AI month by month"),
            ),
        ),
    )


def _months_table(months: Evidence, name: str) -> Table:
    return Table(
        (
            Column("month_start_date", "Month", "month"),
            Column("actual_usd", "Spent of it", "usd_table"),
            Column("forecast_usd", "Forecast", "usd_table"),
            Column("lower_usd", "Low", "usd_table"),
            Column("upper_usd", "High", "usd_table"),
            Column("event_usd", "Of it events", "delta_usd_table"),
            Column("decided_usd", "Decided savings", "delta_usd_table"),
        ),
        months,
        note(f"{name}: direct cost; shared pools are left out."),
        name=name,
        max_rows=12,
    )


def _decided(decided: Evidence) -> Prose:
    if not decided["all_decided_savings_usd"]:
        return note(
            "No decided saving is left to come: what you accept (on the dashboard's page Usage optimization, "
            "or by the command savings accept) is taken off from its date on."
        )
    return decided.say(
        "Decided savings take {all_decided_savings_usd:usd} off these months, {decided_savings_usd:usd} of "
        "it off AI, each from its date on, as expected when it was decided; what the last four weeks show "
        "already is not taken off again."
    )
