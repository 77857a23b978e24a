"""What the reports and the dashboard say of the cost to come."""

from reports_builder.chart_kinds import daily_trend
from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table
from reports_builder.subjects.core.queries import daily_spend
from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.scopes import scope_in_words
from reports_builder.warehouse import Warehouse

OUTLOOK_COLUMNS = (
    Column("scope_label", "Scope"),
    Column("trailing_cost_usd", "Last 30 days", "usd_table"),
    Column("forecast_usd", "Next 30 days", "usd_table"),
    Column("lower_usd", "Low", "usd_table"),
    Column("upper_usd", "High", "usd_table"),
    Column("history_days", "Days of history", "count"),
    Column("event_usd", "Of it known events", "delta_usd_table"),
    Column("calendar_usd", "The calendar alone", "delta_usd_table"),
    Column("change_share", "Change beside it", "delta"),
    Column("wape", "Error of past sums", "percent"),
    Column("days_within_range_share", "Days within their range", "percent"),
    Column("sums_within_range_share", "30-day sums within theirs", "percent"),
    Column("independent_tested_sums", "Of these without overlap", "count"),
)
OUTLOOK_NOTE = (
    "components, providers and teams each sum to all spend: they are fitted to it by what each has missed so "
    "far. A row named rest holds what is too young for a forecast. Bills of a fixed amount a month cost more "
    "a day in a shorter month, and some fall on one day: what that alone makes between both periods stands "
    "apart. The range of a day promises to hold four "
    "days in five: where fewer lay within it, days differ more than the forecast says."
)


SCORES_COLUMNS = (
    Column("scope", "Scope", words=scope_in_words),
    Column("forecast_method", "Method", "words"),
    Column("wape", "Error of a day", "percent"),
    Column("bias_share", "Lean", "percent"),
    Column("skill_share", "Skill", "percent"),
    Column("days_held_share", "Days within 80 % range", "percent"),
    Column("days_95_held_share", "Within 95 % range", "percent"),
    Column("sum_wape", "Error of 30 days", "percent"),
    Column("sums_held_share", "30-day sums within range", "percent"),
    Column("independent_sums", "Of these without overlap", "count"),
    Column("verdict", "Verdict"),
)


def scores_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """How the method in use did on past days, scope by scope; nothing before one is over."""
    scores = ask.scores_by_scope(warehouse)
    if not scores.rows:
        return ()
    return (
        Section(
            "How good the forecasts were",
            text=(
                note(
                    "What the method in use would have said on past days, held against what came. Lean is "
                    "the error in one direction, above zero too high; skill is how much of the error of "
                    "repeating last week it avoids."
                ),
            ),
            tables=(Table(SCORES_COLUMNS, scores, max_rows=_NAMED_SCOPES),),
        ),
    )


_NAMED_MODELS = 5
_NAMED_SCOPES = 120


def named_outlooks_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The cost to come of each service, unit, project and customer that costs much; nothing without any."""
    outlooks = ask.named_outlooks(warehouse)
    if not outlooks.rows:
        return ()
    kinds = {str(record["scope"]).replace("_", " "): None for record in outlooks.records()}
    *first, last = (f"{kind}s" for kind in kinds)
    named = f"{', '.join(first)} and {last}" if first else last
    return (
        Section(
            f"What {named} will cost",
            tables=(
                Table(
                    tuple(column for column in OUTLOOK_COLUMNS if column.name in outlooks.columns),
                    outlooks,
                    note(
                        "Direct cost. Each kind is another cut of the same cost: where every dollar is in "
                        "one of its rows, they sum to all spend. Of a kind those that cost most have a "
                        "forecast of their own, with a budget or without, and the others one together "
                        "(forecasts_of_a_kind_up_to in assumptions says how many). Without a budget they "
                        "are scored from every seventh of the last 120 days, too few for a test of sums."
                    ),
                    max_rows=_NAMED_SCOPES,
                ),
            ),
        ),
    )


def what_sums_lack(warehouse: Warehouse) -> tuple[Prose, ...]:
    """Whose cost is in no sum, since nobody knows it."""
    models = ask.unknown_costs(warehouse)
    if not models.rows:
        return ()
    named = [
        model.say("{model:text} ({unknown_cost_days:count} of the last 30 days)")
        for model in models.each()[:_NAMED_MODELS]
    ]
    return (
        note("These sums, all spend among them, lack what calls cost without a charge and without a price: ")
        + join(named, ", ")
        + note(", and others. " if len(models.rows) > _NAMED_MODELS else ". ")
        + note("A price belongs in the seed model_prices; 0 says that the model is free."),
    )


def how_ranges_held(warehouse: Warehouse) -> tuple[Prose, ...]:
    """Of which scopes the ranges of past days, and of past sums of 30 days, held too little."""
    doubtful, sums = ask.doubtful_ranges(warehouse), ask.tested_sums(warehouse)
    said: list[Prose] = []
    if doubtful.rows:
        said.append(
            doubtful.say("Fewer than {doubtful_below_share:percent} of past days lay within their range for ")
            + join(
                [
                    scope.say("{scope_label:text} ({days_within_range_share:percent})")
                    for scope in doubtful.each()
                ],
                ", ",
            )
            + note(": their cost moves more than these ranges say.")
        )
    if sums["tested_sums"]:
        said.append(
            sums.say(
                "The range of 30 days was tested, too: it would have held {sums_within_range_share:percent} "
                "of {tested_sums:count} past sums of all spend, of which only "
                "{independent_tested_sums:count} without overlap, and fewer than "
                "{doubtful_below_share:percent} for {other_scopes:count} of {other_tested_scopes:count} "
                "other scopes. So few windows without overlap prove little, high or low. Today's ranges are "
                "drawn from these misses as well."
            )
        )
    return tuple(said)


def what_comes(outlook: Evidence) -> Prose:
    """What the next 30 days are expected to cost, and how far off that may be."""
    if outlook["forecast_usd"] is None:
        return note("History is too short for a forecast: it takes fourteen days of data.")
    said = outlook.say("AI is expected to cost **{forecast_usd:usd}** in the next 30 days")
    if outlook["lower_usd"] is None:
        return said + note("; history is too short for a range.")
    return said + outlook.say(" ({lower_usd:usd} to {upper_usd:usd}).")


def forecast_figure(outlook: Evidence) -> KeyFigure:
    """The same as a key figure; its status is the range, or why there is none."""
    known = outlook["lower_usd"] is not None
    return KeyFigure(
        "AI forecast, next 30 days",
        outlook.cell("forecast_usd", "usd_table"),
        change=outlook.cell("change_share", "delta"),
        status=outlook.say(
            ("{lower_usd:usd} to {upper_usd:usd}" if known else "{range_status:text}")
            + ("; until {last_forecast_date:day}" if outlook["forecast_usd"] is not None else "")
        ),
    )


def accuracy_figure(accuracy: Evidence) -> KeyFigure:
    """How far past forecasts missed the cost of their 30 days."""
    known = accuracy["total_wape"] is not None
    return KeyFigure(
        "Error of past 30-day forecasts",
        accuracy.cell("total_wape", "percent"),
        target=accuracy.say("{naive_total_wape:percent}, repeating last week") if known else None,
        status=accuracy.cell("verdict", "text") if known else None,
    )


def spend_by_day(warehouse: Warehouse, outlook: Evidence) -> Figure:
    """Spend on AI of each day, then the forecast: that of all AI, so only where nothing is narrowed."""
    days = daily_spend(warehouse)
    whole = not warehouse.is_narrowed
    expected = (
        "History is too short for a forecast"
        if outlook["forecast_usd"] is None
        else "AI is expected to cost {forecast_usd:usd} in the next 30 days"
    )
    title = outlook.say(expected if whole else "Spend by day")
    return Figure(
        "spend-by-day",
        daily_trend(
            days,
            ask.daily_forecast(warehouse) if whole else None,
            day="day",
            value="spend_usd",
            axis_title="US dollars a day",
        ),
        title,
        title + note(". A line of the spend of each day, then the forecast inside its range."),
        days,
    )
