"""What a month's books say of who wrote what beside the warehouse, and whether the audit log is whole."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from reports_builder import formatting
from reports_builder.alerts.ledger import ACKNOWLEDGED, ASSIGNED, Ledger
from reports_builder.budgets.changes import BudgetChanges
from reports_builder.compliance.audit import BEGUN, WITHOUT_LOGIN, AuditEvent, AuditLog
from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.investments.changes import InvestmentChanges
from reports_builder.model import Column, Section, Table
from reports_builder.tracked_savings.decisions import Decisions

_ALL = 10_000
_OTHERS, _TAKES = "writes for others to read", "takes figures along"
# What begins so belongs to one person, and to another than the other duties; the first that fits counts.
_DUTIES = {
    "export chargeback": "hands out charges",
    "export journal": "hands out charges",
    "erase": "removes data",
    "retention apply": "removes data",
    "retention prove": "removes data",
    "retention undo": "removes data",
    "seal": "seals",
    "page budget": "sets budgets",
    "page alerts": "acknowledges alerts",
    "page download": _TAKES,
}
_COLUMNS = (
    Column("at", "When (UTC)"),
    Column("actor", "Who"),
    Column("duty", "Duty"),
    Column("what", "What"),
    Column("noted_in", "Noted in"),
)


@dataclass(frozen=True)
class Written:
    """One row: when (UTC), by whom, of which duty, what, and the file that says so."""

    at: str
    actor: str
    duty: str
    what: str
    noted_in: str


def writers(warehouse: Path, start: date, end: date, kept: str = "") -> tuple[Section, tuple[Prose, ...]]:
    """The section of what was written in these days, and what to look at.

    ``kept`` is the SHA-256 of a line of the audit log, as earlier books printed it.
    """
    found = sorted(
        (each for each in _all(warehouse) if start.isoformat() <= each.at[:10] <= end.isoformat()),
        key=lambda each: each.at,
    )
    log = AuditLog(warehouse)
    problems = log.problems()
    if kept and not log.holds(kept):
        problems.insert(0, f"the line with the SHA-256 {kept} that was kept is not in it any more")
    said = (
        literal(
            f"What was written beside the warehouse from {formatting.day(start)} to {formatting.day(end)}. A "
            "command is noted with the account that ran it; budgets, investments, savings and alerts with "
            "the name that was given; what the dashboard wrote or handed out with the account that was "
            f"logged in, or as “{WITHOUT_LOGIN}”. A name is as sure as the login behind it. What the "
            "dashboard sets is in two files: its own, and the audit log."
        ),
        _of_log(log, len(problems), kept),
    )
    findings = [literal(f"The audit log was changed: {problem}.") for problem in problems[:1]]
    duties: dict[str, set[str]] = {}
    for each in found:
        # Nobody knows whether what was written without a login was written by one person.
        if each.duty not in (_OTHERS, _TAKES) and each.actor != WITHOUT_LOGIN:
            duties.setdefault(each.actor, set()).add(each.duty)
    findings += [
        literal(f"{actor} {' and '.join(sorted(several))}: let somebody else do one of them.")
        for actor, several in sorted(duties.items())
        if len(several) > 1
    ]
    rows = Evidence("", tuple(each.name for each in fields(Written)), tuple(map(astuple, found)))
    table = Table(_COLUMNS, rows, max_rows=_ALL)
    return Section("Who wrote what", said, (table,)), tuple(findings)


def _of_log(log: AuditLog, problems: int, kept: str) -> Prose:
    if not log.head:
        return note("The audit log is empty: no command and no page has written anything yet.")
    whole = "each line follows the one before it" if not problems else "something was changed (see above)"
    held = " and the line that was kept is in it" if kept and not problems else ""
    return literal(
        f"In the audit log {whole}{held}. Its last line has the SHA-256 {log.head}: keep it, and the "
        "next books say whether that line is still there (--audit-head). Whoever can write the file could "
        "write all of it anew, and only a kept line shows that."
    )


def _all(warehouse: Path) -> Iterator[Written]:
    for change in BudgetChanges(warehouse).all():
        amount = "withdrawn" if change.budget_usd is None else f"{change.budget_usd} USD"
        yield Written(
            f"{change.changed_at:%Y-%m-%dT%H:%M:%SZ}" if change.changed_at else "",
            change.actor or "unknown",
            "sets budgets",
            f"{change.name}: {amount}{_noted(change.note)}",
            "budgets/changes.jsonl",
        )
    for told in Decisions(warehouse).all():
        given_up = f"accepted from {told['accepted_date']}" if told.get("accepted_date") else "given up"
        yield Written(
            str(told["decided_at"])[:19] + "Z",
            told.get("actor") or "unknown",
            "accepts savings",
            f"{told['tracking_id']}: {given_up}{_noted(told.get('note'))}",
            "savings/decisions.jsonl",
        )
    for plan in InvestmentChanges(warehouse).all():
        done = "withdrawn" if plan.get("is_withdrawn") == "true" else "entered"
        yield Written(
            plan["changed_at"][:19] + "Z",
            plan.get("actor") or "unknown",
            _OTHERS,
            f"investment {plan['investment_id']}: {done}{_noted(plan.get('note'))}",
            "investments/changes.jsonl",
        )
    for event in Ledger(warehouse).events():
        if event.event_type in (ACKNOWLEDGED, ASSIGNED):
            yield Written(
                f"{event.event_at:%Y-%m-%dT%H:%M:%SZ}",
                event.actor or "unknown",
                "acknowledges alerts",
                f"{event.event_type} alert {event.alert_id}{_noted(event.note)}",
                "alerts/events.jsonl",
            )
    yield from _runs(AuditLog(warehouse).events())


def _noted(note: str | None) -> str:
    return f" ({note})" if note else ""


def _runs(events: Sequence[AuditEvent]) -> Iterator[Written]:
    """One row a run: when it began, and how it ended."""
    first: dict[str, AuditEvent] = {}
    last: dict[str, AuditEvent] = {}
    for event in events:
        first.setdefault(event.run_id, event)
        last[event.run_id] = event
    for run_id, event in first.items():
        ended = last[run_id].outcome
        if ended == BEGUN:
            is_this = event == events[-1] and event.action.startswith("compliance")
            ended = "these books" if is_this else "begun, and its end is not noted"
        yield Written(
            event.event_at[:19] + "Z",
            event.actor,
            next((duty for begin, duty in _DUTIES.items() if event.action.startswith(begin)), _OTHERS),
            f"{event.action}: {ended}",
            "audit/events.jsonl",
        )
