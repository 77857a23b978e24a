"""The insight block on the cost to come."""

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Insight, Recommendation, Table
from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.statements import (
    OUTLOOK_COLUMNS,
    OUTLOOK_NOTE,
    how_ranges_held,
    what_sums_lack,
)
from reports_builder.warehouse import Warehouse


def _tested(accuracy: Evidence) -> Prose:
    if accuracy["daily_wape"] is None:
        return note("No day has come that could be held against a forecast.")
    error = accuracy.say(
        "Tested on {origins:count} past days, the forecast missed the cost of a day by {daily_wape:percent} "
        "of it"
        + ("" if accuracy["total_wape"] is None else ", the sum of 30 days by {total_wape:percent},")
        + " and was {lean_share:percent} too {bias_direction:text} over all. "
    )
    if accuracy["interval_coverage_share"] is None:
        return error + note("There were too few to test its range.")
    return error + accuracy.say(
        "Its daily range held {interval_coverage_share:percent} of the outcomes; it promises "
        "{interval_target_share:percent}."
    )


def _why_it_changes(warehouse: Warehouse) -> Prose:
    """What the change from the last 30 days is made of; nothing where the two do not compare."""
    causes = ask.causes(warehouse)
    if causes["causes_usd"] is None:
        return note("")
    return causes.say(
        "AI changes by {causes_usd:delta_usd_table} on the last 30 days: by customers that started in "
        "them, {started_usd:delta_usd_table}, that stopped, {stopped_usd:delta_usd_table}, and that stayed, "
        "{stayed_usd:delta_usd_table}; by abnormal days that the forecast takes for usual, "
        "{abnormal_usd:delta_usd_table}; by weekdays, {weekdays_usd:delta_usd_table}"
        + ("; by known events, {events_usd:delta_usd_table}" if causes["events_usd"] else "")
        + ("; by fitting to all spend, {fitting_usd:delta_usd_table}" if causes["fitting_usd"] else "")
        + "; and by trend and what the method takes for passing, {rest_usd:delta_usd_table}. "
    )


def _why_all_changes(warehouse: Warehouse) -> Prose:
    """The same of all spend, by its components and the two providers that change most."""
    components = ask.causes_of_all(warehouse, "component")
    if not components.rows:
        return note("")
    providers = ask.causes_of_all(warehouse, "provider")
    return (
        components.say("All spend changes by {all_change_usd:delta_usd_table}: ")
        + join([each.say("{cause:text} {change_usd:delta_usd_table}") for each in components.each()], ", ")
        + note("; of providers most by ")
        + join([each.say("{cause:text} {change_usd:delta_usd_table}") for each in providers.each()[:2]], ", ")
        + note(". ")
    )


_LOOKS_AHEAD = {
    "combined": "cost goes on as the middle of seven simple methods says, from the last eight weeks, each "
    "weekday with its usual part.",
    "seasonal_naive": "the last week repeats itself.",
    "weekday_profile": "cost stays at the level of the last two weeks, each weekday with its usual part.",
    "weekday_profile_trend": "cost starts at the level of the last two weeks, each weekday with its usual "
    "part, and the growth of the last eight weeks goes on and fades.",
}


def _how_it_looks_ahead(outlook: Evidence) -> Prose:
    """The assumption of the method in use."""
    return note(_LOOKS_AHEAD[str(outlook["forecast_method"])])


def _impact(outlook: Evidence) -> Prose:
    """The cost to come against that of the last 30 days, where there is data for all of them."""
    if outlook["change_usd"] is None:
        return outlook.say("**{forecast_usd:usd}** to serve customers in the next 30 days.")
    return outlook.say(
        "**{change_usd:more_or_less_usd}** to serve customers in the next 30 days than in the last."
    )


def planning(warehouse: Warehouse, outlook: Evidence, accuracy: Evidence) -> tuple[Insight, ...]:
    """What the next 30 days cost and how far past forecasts were off; nothing without a forecast."""
    if outlook["forecast_usd"] is None:
        return ()
    if outlook["lower_usd"] is None:
        advice = "Collect eight weeks of data before planning with the forecast."
        outcome = note("Unknown: history is too short for a range. Assumption: none can be made yet.")
    else:
        advice = (
            "Keep money ready for the upper end of the range; team budgets follow the forecast itself. Look "
            "again in two weeks."
        )
        outcome = outlook.say(
            "Between **{lower_usd:usd}** and **{upper_usd:usd}**, {range_status:text}. Assumption: "
        ) + _how_it_looks_ahead(outlook)
    insight = Insight(
        title=outlook.say("The next 30 days: {forecast_usd:usd}, {change_share:delta}"),
        problem=_why_it_changes(warehouse) + _why_all_changes(warehouse) + _tested(accuracy),
        domain_spec="Understanding Usage & Cost (forecast)",
        domain_framework="Quantify Business Value: Forecasting",
        ubr_impact=_impact(outlook),
        recommendation=Recommendation(
            note(advice),
            "Head of Finance",
            "hours",
        ),
        outcome=outcome,
        supporting=Table(
            OUTLOOK_COLUMNS,
            ask.outlooks(warehouse),
            join([note(OUTLOOK_NOTE), *what_sums_lack(warehouse), *how_ranges_held(warehouse)]),
        ),
    )
    return (insight,)
