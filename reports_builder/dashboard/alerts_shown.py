"""Alerts on a page: what is open and who was told, and what somebody has seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports_builder.alerts.words import COLUMNS, sentence
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.formatting import Value
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.warehouse import Warehouse

# What the words of an alert need.
_ALERT = ", ".join(COLUMNS)
OPEN = "Open alerts"
"""The title of the section that lists them."""


@dataclass(frozen=True)
class Alerts:
    """How many there are, those that are open, and those that somebody has acknowledged.

    ``still_open`` has a row per alert and ``subjects`` one per subject, those about most money first.
    ``acknowledged`` is None where the ledger cannot be read: then all that hold stand in both.
    """

    counts: Evidence
    still_open: Evidence
    subjects: Evidence
    acknowledged: Evidence | None
    acknowledged_count: Evidence | None

    def of_subject(self, row: Mapping[str, Value]) -> list[Mapping[str, Value]]:
        """The open alerts of the subject of ``row``."""
        subject = (row["subject_type"], row["subject_id"])
        return [
            one for one in self.still_open.records() if (one["subject_type"], one["subject_id"]) == subject
        ]


def read_alerts(warehouse: Warehouse) -> Alerts | None:
    """What holds now and what has become of it; None where the warehouse keeps no alerts.

    Where two rules of a kind hold for the same subject, the more severe one stands for both.
    """
    if not warehouse.has("anomalies.rpt_alerts"):
        return None
    try:
        return Alerts(
            _counts(warehouse),
            _open(warehouse),
            _open(warehouse, leading=True),
            _acknowledged(warehouse),
            _acknowledged_count(warehouse),
        )
    except ReportError:
        # A copy of the file in another place: the ledger that its views name is not the one beside it.
        found = _open_without_ledger(warehouse)
        return Alerts(_counts_without_ledger(warehouse), found, found, None, None)


def alerts_tile(alerts: Alerts) -> KeyFigure:
    """How many are open."""
    if alerts.acknowledged_count is None:
        said = alerts.counts.say("{critical_alerts:count} critical; acknowledgements unknown")
    else:
        said = say(
            "{critical_alerts:count} critical; {acknowledged_alerts:count} acknowledged",
            alerts.counts,
            alerts.acknowledged_count,
        )
    return KeyFigure("Open alerts", alerts.counts.cell("open_alerts", "count"), status=said)


def what_is_new(warehouse: Warehouse, alerts: Alerts) -> tuple[Prose, ...]:
    """How many of the open alerts came up last; nothing where no history lies beside the warehouse."""
    if alerts.acknowledged is None:
        return ()
    last = warehouse.evidence(
        "select cast(max(fired_at) as date) as last_fired_date from anomalies.rpt_open_alerts"
    )
    if last["last_fired_date"] is None:
        return (
            alerts.counts.say("Open alerts: {open_alerts:count}; none has been sent yet, all count as new."),
        )
    new = warehouse.evidence(
        """
        select count(*) filter (where fired_at is null or fired_at >= :last_fired) as new_alerts
        from anomalies.rpt_open_alerts
        """,
        last_fired=str(last["last_fired_date"]),
    )
    return (
        say(
            "New since {last_fired_date:day}: {new_alerts:count} of {open_alerts:count} open alerts.",
            last,
            new,
            alerts.counts,
        ),
    )


def alerts_sections(alerts: Alerts | None, most: int = 20) -> tuple[Section, ...]:
    """The open ones by subject, then the acknowledged ones, at most so many of each; nothing without any."""
    if alerts is None:
        return ()
    sections = []
    if alerts.still_open.rows:
        sections.append(Section(OPEN, text=(_what_to_do(alerts),), tables=(_open_table(alerts, most),)))
    if alerts.acknowledged is not None and alerts.acknowledged.rows:
        columns = (
            Column("subject_name", "Who or what"),
            Column("measure", "What is wrong", words=sentence),
            Column("money_at_risk_usd", "Lost or over the limit", "usd_table"),
            Column("acknowledged_by", "Acknowledged by"),
            Column("acknowledged_at", "When"),
            Column("note", "Note"),
        )
        table = Table(columns, alerts.acknowledged, max_rows=most, stacks=True)
        sections.append(Section("Acknowledged alerts", tables=(table,)))
    return tuple(sections)


def customer_alerts_section(warehouse: Warehouse, customer_id: str) -> tuple[Section, ...]:
    """What holds for one customer, whether or not somebody has seen it; nothing where nothing does."""
    if not warehouse.has("anomalies.rpt_alerts"):
        return ()
    found = warehouse.evidence(
        f"""
        select {_ALERT}
        from anomalies.rpt_alerts
        where subject_type = 'customer' and subject_id = :customer_id and not is_superseded
        order by money_at_risk_usd desc nulls last, alert_id
        """,  # noqa: S608 - words of this file
        customer_id=customer_id,
    )
    columns = (
        Column("severity", "Severity"),
        Column("money_at_risk_usd", "Lost or over the limit", "usd_table"),
        Column("measure", "What is wrong", words=sentence),
        Column("period_start_date", "Period from", "day_short"),
        Column("alert_id", "Id"),
    )
    return (Section("Alerts", tables=(Table(columns, found, stacks=True),)),) if found.rows else ()


def _what_to_do(alerts: Alerts) -> Prose:
    if alerts.acknowledged is None:
        return note(
            "Whether they were sent or acknowledged is unknown: the history of alerts does not lie beside "
            "this warehouse. Build it again where it stands."
        )
    return note(
        "By money at risk: of several alerts on one subject the largest, since they may speak of the same "
        "dollars. An alert leaves the list when it is acknowledged, in the form below or with "
        "`python -m reports_builder alerts ack ID`."
    )


def _open_table(alerts: Alerts, most: int) -> Table:
    def said(row: Mapping[str, Value]) -> str:
        return " ".join(sentence(one) for one in alerts.of_subject(row))

    has_ledger = alerts.acknowledged is not None
    money = "subject_money_at_risk_usd" if has_ledger else "money_at_risk_usd"
    is_assigned = has_ledger and any(row["assigned_to"] for row in alerts.subjects.records())
    columns = (
        Column("subject_name", "Who or what"),
        Column("severity", "Severity"),
        Column(money, "Lost or over the limit", "usd_table"),
        Column("measure", "What is wrong", words=said if has_ledger else sentence),
        Column("period_start_date", "Period from", "day_short"),
        *((Column("state", "State"),) if has_ledger else ()),
        *((Column("assigned_to", "Assigned to", words=_assigned),) if is_assigned else ()),
        Column("alert_id", "Id"),
    )
    return Table(columns, alerts.subjects, max_rows=most, stacks=True)


def _assigned(row: Mapping[str, Value]) -> str:
    return ": ".join(str(part) for part in (row["assigned_to"], row["assignment_note"]) if part) or "-"


def _counts(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) as open_alerts,
            count(*) filter (where severity = 'critical') as critical_alerts
        from anomalies.rpt_open_alerts
        """
    )


def _open(warehouse: Warehouse, *, leading: bool = False) -> Evidence:
    """A row per open alert, or the one that leads those of its subject."""
    return warehouse.evidence(
        f"""
        select
            {_ALERT}, subject_money_at_risk_usd, subject_alerts, assigned_to, assignment_note, state
        from anomalies.rpt_open_alerts
        where subject_place = 1 or not :leading
        order by
            subject_money_at_risk_usd desc nulls last, severity_rank, subject_type, subject_id, subject_place
        """,  # noqa: S608 - words of this file
        leading=leading,
    )


def _acknowledged(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        f"""
        select
            {_ALERT}, acknowledged_by,
            strftime(acknowledged_at, '%Y-%m-%d %H:%M UTC') as acknowledged_at, note
        from anomalies.rpt_acknowledged_alerts
        order by money_at_risk_usd desc nulls last, alert_id
        """  # noqa: S608 - words of this file
    )


def _acknowledged_count(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence("select count(*) as acknowledged_alerts from anomalies.rpt_acknowledged_alerts")


def _counts_without_ledger(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select count(*) as open_alerts, count(*) filter (where severity = 'critical') as critical_alerts
        from anomalies.rpt_alerts
        where not is_superseded
        """
    )


def _open_without_ledger(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        f"""
        select {_ALERT}
        from anomalies.rpt_alerts
        where not is_superseded
        order by money_at_risk_usd desc nulls last, alert_id
        """  # noqa: S608 - words of this file
    )
