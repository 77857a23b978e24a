"""What became of the savings that somebody decided to make."""

from collections.abc import Mapping

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import UNKNOWN, Value, percent
from reports_builder.model import Column, Insight, Recommendation, Section, Table
from reports_builder.subjects.capabilities import RATE_OPTIMIZATION, USAGE
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
    return (
        Insight(
            title=missed.say(
                "Decided and not carried out: {missed_decisions:count} of {decisions:count} savings, "
                "{all_missed_monthly_usd:usd_table} a month"
            ),
            problem=_what_was_missed(missed),
            domain_spec=RATE_OPTIMIZATION,
            domain_framework=USAGE,
            ubr_impact=missed.say(
                "**{all_missed_usd:usd_table}** of cost until now that was expected to be gone."
            ),
            recommendation=Recommendation(
                _what_to_do(missed, _replaced(warehouse)),
                str(missed["owner_role"]),
                "a decision; the work is that of the action",
            ),
            outcome=missed.say(
                "**{all_missed_monthly_usd:usd_table}** a month, as it was expected when it was decided; in "
                "the total only as far as it is listed again. Assumption: it still brings what was expected."
            ),
            supporting=Table(_MISSED, missed, note("decisions that were not carried out.")),
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


def _what_to_do(missed: Evidence, replaced: Evidence) -> Prose:
    """Carry out what still stands, and give up what another move of the same calls replaces."""
    dropped = {row["replaced_subject"]: row for row in replaced.each()}
    standing = [row for row in missed.each() if row["subject"] not in dropped]
    said = note("")
    if standing:
        first = standing[0]
        verb = "Move" if first["action_kind"] == "model_switch" else "Carry out"
        named = (
            "{subject:text}"
            if first["action_kind"] == "model_switch"
            else "{action_kind:words} of {subject:text}"
        )
        said = first.say(
            f"{verb} what the table names, {named} first, or give it up by `savings give-up`. What is still "
            "worth its work is among the actions, marked as decided before."
        )
    for row in missed.each():
        if row["subject"] in dropped:
            said += note(" " if said.plain else "") + say(
                "Give up {subject:text}: the action that moves these calls to {to_model:text} takes its "
                "place.",
                row,
                dropped[row["subject"]],
            )
    return said


def _what_was_missed(missed: Evidence) -> Prose:
    owner = (
        " (owner: {owner_role:text}" + (" of {team_id:text})" if missed["team_id"] else ")")
        if missed["owner_role"]
        else ""
    )
    moved = (
        " {decision_moved_share:percent} of the calls that were to move did."
        if missed["decision_moved_share"] is not None
        else ""
    )
    return missed.say(
        "Missed most: {action_kind:words}, {subject:text}, was to hold from {accepted_date:day} on and has "
        f"not been carried out since{owner}. Of **{{decision_predicted_usd:usd_table}}** that were expected "
        "until now **{decision_realized_usd:usd_table}** came, at {predicted_monthly_savings_usd:usd_table} "
        f"a month.{moved}"
    )
