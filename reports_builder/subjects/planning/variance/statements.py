"""What the reports and the dashboard say of months that cost more or less than they were held to."""

from collections.abc import Mapping
from decimal import Decimal

from reports_builder.chart_kinds import signed_bars
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Figure, KeyFigure, Table

_PARTS = {
    "price": "price of a token",
    "volume": "number of calls",
    "mix": "other models and customers",
    "efficiency": "tokens of a call",
    "new": "customers who began",
    "lost": "customers who left",
    "starting point": "what the month before cost already",
    "other costs": "shared costs and bills",
}
_TO_DO = {
    "price": "Ask why a token costs more: a dearer model, longer answers, less from the cache.",
    "volume": "Ask whether the calls earn their cost; if they do, raise the budget with the use.",
    "mix": "Check whether the dearer model or feature is needed there.",
    "efficiency": "Look at the prompts: what made them longer or shorter.",
    "new": "Check that the customer's fee covers what it costs.",
    "lost": "Take the customer out of the next budget.",
    "starting point": "The plan lay below the month before: plan with that level, or agree what is to go.",
    "other costs": "Ask what was added in machines, storage and fees, and whether it is used.",
}


def in_words(part: Value) -> str:
    """A part of a difference in plain words."""
    return _PARTS.get(str(part), str(part))


def _part(record: Mapping[str, Value]) -> str:
    return in_words(record["part"])


def _largest_part(record: Mapping[str, Value]) -> str:
    return in_words(record["largest_part"])


def to_do(part: Value) -> str:
    """What to do where that part made a month dearer."""
    return _TO_DO.get(str(part), "Ask the team.")


def _to_do(record: Mapping[str, Value]) -> str:
    effect = record["main_variance_usd"]
    if isinstance(effect, Decimal | float) and effect < 0:
        return "It made the month cheaper: plan the next one with it."
    return to_do(record["part"])


def month_against(month: Evidence, parts: Evidence) -> Prose:
    """How the latest month compares with the one before, and what made most of the difference."""
    if not month.rows:
        return note("There are no two whole months to compare yet.")
    so_far = " so far" if month["is_running"] else ""
    said = month.say(
        "In {month_start_date:month} AI cost **{actual_usd:usd}**"
        + so_far
        + ", {total_variance_usd:delta_usd} on "
    )
    said += note("as many days of the month before" if so_far else "the month before")
    if not so_far and month["daily_variance_share"] is not None:
        said += month.say(" (per day {daily_variance_share:delta})")
    if not parts.rows or parts["main_variance_usd"] is None:
        return said + note(".")
    return (
        said
        + note(f"; most of it by {in_words(parts['part'])}: ")
        + parts.say("**{variance_usd:delta_usd}**.")
    )


def month_figures(month: Evidence, forecast: Evidence) -> tuple[KeyFigure, ...]:
    """The month against the one before and against its forecast; nothing without two months."""
    if not month.rows:
        return ()
    return (
        KeyFigure(
            month.say("AI cost of {month_start_date:month}"),
            month.cell("actual_usd", "usd_table"),
            month.cell("compared_usd", "usd_table"),
            month.cell("total_variance_share", "delta"),
            status=month.cell("severity", "text"),
        ),
        KeyFigure(
            note("The same against a backtest of its eve"),
            forecast.cell("actual_usd", "usd_table"),
            change=forecast.cell("total_variance_share", "delta"),
            target=forecast.cell("compared_usd", "usd_table"),
            status=forecast.cell("severity", "text"),
        ),
    )


def worst_team_figure(teams: Evidence) -> tuple[KeyFigure, ...]:
    """The team whose cost is the largest multiple of its budget; nothing where no team has one."""
    if not teams.rows:
        return ()
    return (
        KeyFigure(
            teams.say("Furthest over its budget, by share: {scope_name:text}"),
            teams.cell("actual_usd", "usd_table"),
            change=teams.cell("total_variance_share", "delta"),
            target=teams.cell("compared_usd", "usd_table"),
            status=teams.cell("severity", "text"),
        ),
    )


def parts_figure(month: Evidence, parts: Evidence) -> tuple[Figure, ...]:
    """The parts of the difference as bars to either side; nothing without two months."""
    if not parts.rows:
        return ()
    title = month.say("In {month_start_date:month} AI cost {total_variance_usd:more_or_less_usd} than before")
    chart = signed_bars(
        parts, label="part", value="variance_usd", style="delta_usd", axis_title="US dollars added"
    )
    return (
        Figure(
            "month-by-cause",
            chart,
            title,
            title + note(". A bar for each part of the difference, the largest first."),
            parts,
            height=60 + 28 * len(parts.rows),
        ),
    )


def causes_table(causes: Evidence) -> Table:
    """The largest single causes with their owner and what to do."""
    return Table(
        (
            Column("scope_name", "Who answers"),
            Column("part", "Cause", words=_part),
            Column("main_customer_name", "Customer"),
            Column("main_feature_id", "Feature", "words"),
            Column("main_model", "Model"),
            Column("main_variance_usd", "Effect", "delta_usd_table"),
            Column("part", "To do", words=_to_do),
        ),
        causes,
        note("The five largest single causes of the month, up or down."),
    )


def teams_table(teams: Evidence) -> Table:
    """Each team against its budget."""
    return Table(
        (
            Column("scope_name", "Team"),
            Column("compared_usd", "Budget", "usd_table"),
            Column("actual_usd", "Spent", "usd_table"),
            Column("total_variance_usd", "Difference", "delta_usd_table"),
            Column("total_variance_share", "Share", "delta"),
            Column("severity", "How serious"),
            Column("largest_part", "Largest part", words=_largest_part),
            Column("largest_part_usd", "It adds", "delta_usd_table"),
        ),
        teams,
        note("Teams that call models; every team and component stands under the last month closed."),
        name="Teams against their budgets",
    )


def _scope(record: Mapping[str, Value]) -> str:
    return "AI in total" if record["scope"] == "total" else str(record["scope_name"])


def closed_months_table(months: Evidence) -> Table:
    """Months by basis and scope, each difference with its parts."""
    return Table(
        (
            Column("month_start_date", "Month", "month"),
            Column("scope_name", "Scope", words=_scope),
            Column("basis", "Held against"),
            Column("compared_usd", "Basis", "usd_table"),
            Column("actual_usd", "Cost", "usd_table"),
            Column("total_variance_usd", "Difference", "delta_usd_table"),
            Column("severity", "How serious"),
            Column("starting_point_usd", "Start", "delta_usd_table"),
            Column("volume_usd", "Volume", "delta_usd_table"),
            Column("mix_usd", "Mix", "delta_usd_table"),
            Column("efficiency_usd", "Efficiency", "delta_usd_table"),
            Column("price_usd", "Price", "delta_usd_table"),
            Column("new_usd", "New", "delta_usd_table"),
            Column("lost_usd", "Lost", "delta_usd_table"),
            Column("other_costs_usd", "Other", "delta_usd_table"),
        ),
        months,
        note(
            "The parts of each row sum to its difference. Against the month before the cost of calls counts, "
            "against a forecast all direct cost of AI or of the team, against a budget all cost of the team."
        ),
        max_rows=20,
    )
