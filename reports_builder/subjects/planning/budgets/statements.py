"""What the reports and the dashboard say of budgets of every scope."""

from collections.abc import Mapping

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Section, Table


def _name(record: Mapping[str, Value]) -> str:
    if record["scope"] == "total":
        return "all spend"
    return f"{str(record['scope']).replace('_', ' ')} {record['scope_name']}"


def _period(record: Mapping[str, Value]) -> str:
    return f"{record['period']} from {record['period_start_date']}"


def what_is_kept(ahead: Evidence, missed: Evidence) -> Prose:
    """How many budgets are heading over, and which is missed again and again."""
    if not ahead.rows:
        return note(
            "No budget is set for the time to come: set one with `python -m reports_builder budget set`."
        )
    said = ahead.say("Of {budgets:count} budgets to come {heading_over:count} are heading over.")
    if not missed.rows:
        return said
    return (
        said
        + note(" Missed again and again, so that the budget is wrong and not the use: ")
        + join(
            [
                budget.say("that of {scope:words} {scope_name:text} ({missed_in_a_row:count} times in a row)")
                for budget in missed.each()
            ],
            ", ",
        )
        + note(".")
    )


def budgets_section(ahead: Evidence) -> tuple[Section, ...]:
    """Budgets to come with what is spent, where they are heading and when they break."""
    if not ahead.rows:
        return ()
    return (
        Section(
            "Budgets to come",
            text=(
                note(
                    "Days are those of UTC, up to the as-of date; files that come late still change what is "
                    "spent. The range is that of past forecasts. Set one with `python -m reports_builder "
                    "budget set`, and check a request with `python -m reports_builder policy check`."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("scope", "Budget of", words=_name),
                        Column("period", "Period", words=_period),
                        Column("budget_usd", "Budget", "usd_table"),
                        Column("actual_usd", "Spent", "usd_table"),
                        Column("burn_share", "Used", "percent"),
                        Column("forecast_usd", "Heading for", "usd_table"),
                        Column("lower_usd", "Low", "usd_table"),
                        Column("upper_usd", "High", "usd_table"),
                        Column("budget_status", "Status"),
                        Column("gate", "Gate"),
                        Column("stated_by", "Set by"),
                    ),
                    ahead,
                    max_rows=20,
                ),
            ),
        ),
    )
