"""The insight block on the cost to come."""

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Insight, Table
from reports_builder.subjects.planning import queries as ask
from reports_builder.subjects.planning.statements import (
    OUTLOOK_COLUMNS,
    OUTLOOK_NOTE,
    how_ranges_held,
    what_sums_lack,
)
from reports_builder.warehouse import Warehouse

_LOOKS_AHEAD = {
    "combined": "planning/_looks_ahead_combined",
    "seasonal_naive": "planning/_looks_ahead_seasonal_naive",
    "weekday_profile": "planning/_looks_ahead_weekday_profile",
    "weekday_profile_trend": "planning/_looks_ahead_weekday_profile_trend",
}


def _how_it_looks_ahead(outlook: Evidence) -> Prose:
    """The assumption of the method in use; nothing while history is too short for a range."""
    if outlook["lower_usd"] is None:
        return note("")
    return phrase(_LOOKS_AHEAD[str(outlook["forecast_method"])])


def planning(warehouse: Warehouse, outlook: Evidence, accuracy: Evidence) -> tuple[Insight, ...]:
    """What the next 30 days cost and how far past forecasts were off; nothing without a forecast."""
    if outlook["forecast_usd"] is None:
        return ()
    components = ask.causes_of_all(warehouse, "component")
    return (
        insight(
            "planning/planning",
            outlook,
            ask.causes(warehouse),
            accuracy,
            all_spend=components,
            components=components.each(),
            providers=ask.causes_of_all(warehouse, "provider").each()[:2],
            how_it_looks_ahead=_how_it_looks_ahead(outlook),
            outlook_note=join([note(OUTLOOK_NOTE), *what_sums_lack(warehouse), *how_ranges_held(warehouse)]),
            supporting=Table(OUTLOOK_COLUMNS, ask.outlooks(warehouse)),
        ),
    )
