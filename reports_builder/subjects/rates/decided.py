"""What became of the savings that somebody decided to make."""

from collections.abc import Mapping

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.formatting import UNKNOWN, Value, percent
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Section, Table
from reports_builder.warehouse import Warehouse


def _owner(row: Mapping[str, Value]) -> str:
    """Who carries it out, and of which team where the resource has one."""
    role = row["owner_role"] or UNKNOWN
    return f"{role}, {row['team_id']}" if row["team_id"] else str(role)


def _moved(share: Value) -> str:
    """The share of the calls that moved; a resource has none."""
    return "-" if share is None else percent(share)


_TRACKED = (
    Column("subject", "About"),
    Column("action_kind", "Action", "words"),
    Column("owner_role", "Owner", words=_owner),
    Column("accepted_date", "Since", "day_short"),
    Column("month_start_date", "Month", "month"),
    Column("measured_days", "Days", "count"),
    Column("predicted_savings_usd", "Expected", "usd_table"),
    Column("realized_savings_usd", "Came", "usd_table"),
    Column("realized_share", "Of it", "percent"),
    Column("moved_share", "Calls moved", words=lambda row: _moved(row["moved_share"])),
    Column("verdict", "State"),
)
_MISSED = (
    Column("subject", "About"),
    Column("action_kind", "Action", "words"),
    Column("owner_role", "Owner", words=_owner),
    Column("accepted_date", "To hold from", "day_short"),
    Column("predicted_monthly_savings_usd", "Expected a month", "usd_table"),
    Column("decision_predicted_usd", "Expected until now", "usd_table"),
    Column("decision_realized_usd", "Came", "usd_table"),
    Column("missed_savings_usd", "Missed", "usd_table"),
    Column("decision_moved_share", "Calls moved", words=lambda row: _moved(row["decision_moved_share"])),
)


def tracked(warehouse: Warehouse) -> Evidence:
    """Each decision by month since, with what is known of all of them."""
    return warehouse.evidence(
        """
        select
            subject, action_kind, owner_role, team_id, accepted_date, month_start_date, measured_days,
            predicted_savings_usd, realized_savings_usd, realized_share, moved_share, verdict, decisions,
            measured_decisions, missed_decisions, all_predicted_usd, all_realized_usd, all_realized_share,
            all_missed_usd
        from rates.rpt_savings_tracked
        order by accepted_date, tracking_id, month_start_date
        """
    )


def tracked_table(decided: Evidence) -> tuple[Table, ...]:
    """The decisions by month; nothing where nobody decided anything."""
    caption = note("Savings that were decided, expected and measured")
    return (Table(_TRACKED, decided, caption),) if decided.rows else ()


def tracked_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """What became of the savings that somebody decided to make; nothing where nobody did."""
    decided = tracked(warehouse)
    return (
        (Section("Savings that were accepted", text=came_said(decided), tables=tracked_table(decided)),)
        if decided.rows
        else ()
    )


def came_said(decided: Evidence) -> tuple[Prose, ...]:
    """What came of all decisions, and what did not because nobody carried it out."""
    if not decided.rows:
        return ()
    if decided["all_predicted_usd"] is None:
        return (
            decided.say(
                "Savings that were decided and are tracked: {decisions:count}; nothing is known of them yet."
            ),
        )
    missed = (
        " {missed_decisions:count} of them were not carried out, and **{all_missed_usd:usd_table}** of it is "
        "missed."
        if decided["missed_decisions"]
        else ""
    )
    return (
        decided.say(
            "Of the savings that were decided, {decisions:count} are tracked, and {measured_decisions:count} "
            "are measured: until now **{all_predicted_usd:usd_table}** were expected of these, and "
            "**{all_realized_usd:usd_table}** came ({all_realized_share:percent})." + missed
        ),
    )


def moves_came(warehouse: Warehouse) -> Evidence:
    """What came of the moves to other models that were decided and are measured; no row without any."""
    return warehouse.evidence(
        """
        select
            count(*) as measured_moves, sum(decision_predicted_usd) as moves_predicted_usd,
            sum(decision_realized_usd) as moves_realized_usd
        from rates.rpt_savings_tracked
        where is_last_month and action_kind = 'model_switch' and decision_realized_usd is not null
        having count(*) > 0
        """
    )


def _missed(warehouse: Warehouse) -> Evidence:
    """The decisions that were not carried out, what is missed most first."""
    return warehouse.evidence(
        """
        select
            subject, action_kind, owner_role, team_id, accepted_date, predicted_monthly_savings_usd,
            decision_predicted_usd, decision_realized_usd, missed_savings_usd, decision_moved_share,
            decisions, missed_decisions, all_missed_usd, all_missed_monthly_usd
        from rates.rpt_savings_tracked
        where is_last_month and verdict = 'not carried out'
        order by missed_savings_usd desc, tracking_id
        """
    )


def missed_insight(warehouse: Warehouse) -> tuple[Insight, ...]:
    """Savings that were decided and not carried out; nothing where all were, or nobody decided any."""
    missed = _missed(warehouse)
    if not missed.rows:
        return ()
    dropped = {row["replaced_subject"]: row for row in _replaced(warehouse).each()}
    standing = [row for row in missed.each() if row["subject"] not in dropped]
    given_up = [
        phrase("rates/_given_up", row, replacement=dropped[row["subject"]])
        for row in missed.each()
        if row["subject"] in dropped
    ]
    return (
        insight(
            "rates/missed",
            missed,
            has_standing=bool(standing),
            standing=standing[0] if standing else missed,
            given_up=join(given_up),
            supporting=Table(_MISSED, missed),
        ),
    )


def _replaced(warehouse: Warehouse) -> Evidence:
    """Decisions on moves that a recommended move of the same calls takes the place of."""
    return warehouse.evidence(
        """
        select
            replace(task_type, '_', ' ') || ' calls from ' || from_model || ' to ' || replaced_to_model
                as replaced_subject,
            to_model
        from rates.rpt_model_switch_savings
        where replaced_to_model is not null
        order by replaced_subject
        """
    )
