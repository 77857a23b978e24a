"""What the reports and the dashboard say of months that cost more or less than they were held to."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from reports_builder.chart_kinds import signed_bars
from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Figure, KeyFigure, Table
from reports_builder.subjects.planning.scopes import scope_in_words

_PARTS = {
    "days": "days of the month",
    "price": "price of a token, an hour, a gigabyte",
    "volume": "number of calls, hours, gigabytes",
    "mix": "other models and customers, larger or smaller machines",
    "efficiency": "tokens of a call",
    "new": "customers and resources that began",
    "lost": "customers and resources that ended",
    "starting point": "what the month before cost already",
    "other costs": "shared costs, fees and credits",
}
_OF_CALLS = {
    "price": "price of a token",
    "volume": "number of calls",
    "mix": "other models and customers",
    "new": "customers who began",
    "lost": "customers who left",
}
_OF_BILLS_UP_OR_DOWN = {
    "price": ("dearer {}", "cheaper {}"),
    "volume": ("more {}", "fewer {}"),
    "mix": ("a larger or dearer kind", "a smaller or cheaper kind"),
    "new": ("a resource that began", "a resource that began"),
    "lost": ("a resource that ended", "a resource that ended"),
}
_UNITS = {
    **dict.fromkeys(("hrs", "hr", "h", "hour", "hours", "1 hour"), "hours"),
    **dict.fromkeys(("gb-mo", "gb-month", "gb-months", "gb month", "gb"), "gigabytes"),
    "requests": "requests",
}
_TO_DO = {
    "days": "Nothing: what goes on costs what the month has days. Plan months by their days.",
    "price": "Ask why a token costs more: a dearer model, longer answers, less from the cache.",
    "volume": "Ask whether the calls earn their cost.",
    "mix": "Check whether the dearer model or feature is needed there.",
    "efficiency": "Look at the prompts: what made them longer or shorter.",
    "new": "Check that the customer's fee covers what it costs.",
    "lost": "Take the customer out of the next budget.",
    "starting point": "The plan lay below the month before: ask whether that level is needed.",
    "other costs": "Ask what was added in fees and shared costs, and whether it is used.",
}
_TO_DO_ON_BILLS = {
    "price": "Ask why a unit costs more: another region, or a discount or commitment that ended.",
    "volume": "Ask what runs longer there, and whether it is used.",
    "mix": "Check whether the larger machine or the dearer class is needed there.",
    "new": "Check that somebody decided on it; if it stays, raise the budget with it.",
    "lost": "Take it out of the next budget.",
}


def in_words(part: Value, *, is_of_calls: bool = False) -> str:
    """A part of a difference in plain words: of calls and bills, or of calls alone."""
    words = _PARTS | _OF_CALLS if is_of_calls else _PARTS
    return words.get(str(part), str(part))


def cause_in_words(part: Value, unit: Value, effect: Value) -> str:
    """A single cause of a part in plain words: what of calls, or what of a bill's units, went up or down."""
    if unit in (None, "calls") or str(part) not in _OF_BILLS_UP_OR_DOWN:
        return in_words(part, is_of_calls=True)
    up, down = _OF_BILLS_UP_OR_DOWN[str(part)]
    units = _UNITS.get(str(unit).lower(), str(unit))
    return (down if _is_below_zero(effect) else up).format(units)


def _is_below_zero(effect: Value) -> bool:
    return isinstance(effect, Decimal | float) and effect < 0


def _cause(record: Mapping[str, Value]) -> str:
    return cause_in_words(record["part"], record["main_unit"], record["main_variance_usd"])


def _of_calls(column: str) -> Callable[[Mapping[str, Value]], Value]:
    """A column that calls fill; a line of a bill has a dash."""
    return lambda record: "-" if record["main_model"] is None else record[column]


def _model_or_service(record: Mapping[str, Value]) -> str:
    if record["main_model"] is not None:
        return str(record["main_model"])
    named = ("main_service_name", "main_meter", "main_resource_id")
    return ", ".join(str(record[name]) for name in named if record[name])


def _largest_part(record: Mapping[str, Value]) -> str:
    return in_words(record["largest_part"])


def to_do(part: Value, unit: Value = "calls") -> str:
    """What to do where that part made a month dearer; ``unit`` is that of its largest single cause."""
    words = _TO_DO if unit in (None, "calls") else _TO_DO | _TO_DO_ON_BILLS
    return words.get(str(part), "Ask the team.")


def _to_do(record: Mapping[str, Value]) -> str:
    if _is_below_zero(record["main_variance_usd"]):
        if record["part"] == "lost" and record["main_model"] is not None:
            return "Nothing was gained: what the customer paid has gone with it."
        return "It made the month cheaper: plan the next one with it."
    return to_do(record["part"], record["main_unit"])


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
        said += month.say(" (on like days {daily_variance_share:delta})")
    if not parts.rows or parts["main_variance_usd"] is None:
        return said + note(".")
    return (
        said
        + note(f"; most of it by {in_words(parts['part'], is_of_calls=True)}: ")
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


def worst_budget_figure(budgets: Evidence) -> tuple[KeyFigure, ...]:
    """The budget of the month that was missed by the largest share, of all; nothing where none was."""
    if (
        not budgets.rows
        or budgets["total_variance_share"] is None
        or _is_below_zero(budgets["total_variance_usd"])
    ):
        return ()
    return (
        KeyFigure(
            note("Furthest over its budget by share, of all: ")
            + literal(scope_in_words(budgets.records()[0])),
            budgets.cell("actual_usd", "usd_table"),
            change=budgets.cell("total_variance_share", "delta"),
            target=budgets.cell("compared_usd", "usd_table"),
            status=budgets.cell("severity", "text"),
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
            Column("main_team_name", "Who answers"),
            Column("part", "Cause", words=_cause),
            Column("main_customer_name", "Customer", words=_of_calls("main_customer_name")),
            Column("main_feature_id", "Feature", "words", words=_of_calls("main_feature_id")),
            Column("main_model", "Model or service", words=_model_or_service),
            Column("main_variance_usd", "Effect", "delta_usd_table"),
            Column("part", "To do", words=_to_do),
        ),
        causes,
        note("The five largest single causes of the month, up or down, beside its days."),
    )


def month_budgets_table(budgets: Evidence) -> Table:
    """Each budget of a month against its cost."""
    return Table(
        (
            Column("scope_name", "Budget of", words=scope_in_words),
            Column("compared_usd", "Budget", "usd_table"),
            Column("actual_usd", "Spent", "usd_table"),
            Column("total_variance_usd", "Difference", "delta_usd_table"),
            Column("total_variance_share", "Share", "delta"),
            Column("severity", "How serious"),
            Column("largest_part", "Largest part", words=_largest_part),
            Column("largest_part_usd", "It adds", "delta_usd_table"),
        ),
        budgets,
        note("Every budget of a month, the furthest over by share first."),
        max_rows=20,
        name="Budgets of the month",
    )


def _scope(record: Mapping[str, Value]) -> str:
    return {"total": "the company", "component": "AI"}.get(str(record["scope"]), str(record["scope_name"]))


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
            Column("days_usd", "Days", "delta_usd_table"),
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
            "The parts of each row sum to its difference. Against a forecast direct cost counts, else shared "
            "costs too."
        ),
        max_rows=20,
    )
