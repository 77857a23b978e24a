"""What the reports and the dashboard say of unusual days and hours of series."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.anomalies.series import queries as ask
from reports_builder.warehouse import Warehouse

_TITLE = (
    "Unusual days and hours of the company, its providers, accounts, teams, models, features and machines"
)


def series_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Unusual days and hours of the total and its parts, by incident."""
    incidents, judged = ask.incidents(warehouse), ask.judged(warehouse)
    if not incidents.rows:
        return (Section(_TITLE, text=(_nothing(judged),)),)
    counted = ask.incidents_counted(warehouse)
    return (
        Section(
            _TITLE,
            text=(
                counted.say(
                    "Incidents in the period: {incidents:count}, rises: {rises:count}, drops: "
                    "{drops:count}. Days of one cause in a row are one incident, and so are hours within "
                    "them. "
                )
                + judged.say("The last {days:count} days are judged by the hour, too."),
                *_silence(counted["silences"]),
            ),
            tables=(
                Table(
                    (
                        Column("incident_start_date", "From", "day_short"),
                        Column("incident_end_date", "To", "day_short"),
                        Column("time_of_day", "Hour, UTC"),
                        Column("direction", "What"),
                        Column("scope", "Of", "words"),
                        Column("scope_id", "Which"),
                        Column("expected_cost_usd", "Expected", "usd_table"),
                        Column("observed_cost_usd", "Cost", "usd_table"),
                        Column("excess_usd", "Difference", "delta_usd_table"),
                        Column("driver", "By", words=lambda record: str(record["driver"] or "-")),
                        Column("cause_scope", "Because of", "words"),
                        Column("cause_scope_id", "Namely"),
                        Column("next_step", "What to do"),
                    ),
                    incidents,
                    note(
                        "Of each incident its worst day, or hour; cost that lines of bills state counts. The "
                        "column By says what made more of it: where a day is all calls their number or what "
                        "each cost, else how much was used of what bills list or its price. Of single "
                        "machines and other resources those that cost much a day are judged, for rises alone."
                    ),
                    max_rows=20,
                ),
            ),
        ),
    )


def _nothing(judged: Evidence) -> Prose:
    if not judged["is_judged"]:
        return judged.say("History is too short to say: it takes {needed_days:count} days of it.")
    return judged.say(
        "None in the period, up or down; the last {days:count} days were judged by the hour, too."
    )


def _silence(silences: object) -> tuple[Prose, ...]:
    if not silences:
        return ()
    return (
        note(
            "A drop to nothing is more often a file that did not come than work that stopped: before "
            "anybody saves it, hold the days against core.rpt_reconciliation."
        ),
    )
