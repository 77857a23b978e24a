"""Alerts on a page: what is open and who was told, and what somebody has seen."""

from dataclasses import dataclass

from reports_builder.alerts.words import sentence
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.warehouse import Warehouse

_GRAVEST_FIRST = "case severity when 'critical' then 0 when 'warning' then 1 else 2 end"
_WHAT_IS_WRONG = Column("measure", "What is wrong", words=sentence)
# What the words of an alert need.
_ALERT = """severity, subject_name, subject_type, subject_id, measure, unit, observed_value, comparison,
            threshold_value, prior_value, amount_usd, money_at_risk_usd, facts, period_start_date,
            as_of_date, alert_id"""


@dataclass(frozen=True)
class Alerts:
    """How many there are, those that are open, and those that somebody has acknowledged.

    ``acknowledged`` is None where the ledger cannot be read: then all that hold stand in ``still_open``.
    """

    counts: Evidence
    still_open: Evidence
    acknowledged: Evidence | None


def read_alerts(warehouse: Warehouse) -> Alerts | None:
    """What holds now and what has become of it; None where the warehouse keeps no alerts.

    Where two rules of a kind hold for the same subject, the graver one stands for both.
    """
    if not warehouse.has("anomalies.rpt_alerts"):
        return None
    try:
        return Alerts(_counts(warehouse), _open(warehouse), _acknowledged(warehouse))
    except ReportError:
        # A copy of the file in another place: the ledger that its views name is not the one beside it.
        return Alerts(_counts_without_ledger(warehouse), _open_without_ledger(warehouse), None)


def alerts_tile(alerts: Alerts) -> KeyFigure:
    """How many are open."""
    if alerts.acknowledged is None:
        said = alerts.counts.say("{critical_alerts:count} critical; acknowledgements unknown")
    else:
        said = alerts.counts.say("{critical_alerts:count} critical; {acknowledged_alerts:count} acknowledged")
    return KeyFigure("Open alerts", alerts.counts.cell("open_alerts", "count"), status=said)


def alerts_sections(alerts: Alerts | None, most: int = 20) -> tuple[Section, ...]:
    """The open ones, then the acknowledged ones, at most so many of each; nothing where there is none."""
    if alerts is None:
        return ()
    sections = []
    if alerts.still_open.rows:
        sections.append(
            Section("Open alerts", text=(_what_to_do(alerts),), tables=(_open_table(alerts, most),))
        )
    if alerts.acknowledged is not None and alerts.acknowledged.rows:
        columns = (
            Column("subject_name", "Who or what"),
            _WHAT_IS_WRONG,
            Column("money_at_risk_usd", "Lost or over the limit", "usd_table"),
            Column("acknowledged_by", "Acknowledged by"),
            Column("acknowledged_at", "When"),
            Column("note", "Note"),
        )
        table = Table(columns, alerts.acknowledged, max_rows=most)
        sections.append(Section("Acknowledged alerts", tables=(table,)))
    return tuple(sections)


def _what_to_do(alerts: Alerts) -> Prose:
    if alerts.acknowledged is None:
        return note(
            "Whether they were sent or acknowledged is unknown: the history of alerts does not lie beside "
            "this warehouse. Build it again where it stands."
        )
    return note("`python -m reports_builder alerts ack ID` says that you have seen one, and takes it off.")


def _open_table(alerts: Alerts, most: int) -> Table:
    columns = (
        Column("severity", "Severity"),
        Column("subject_name", "Who or what"),
        _WHAT_IS_WRONG,
        Column("money_at_risk_usd", "Lost or over the limit", "usd_table"),
        Column("period_start_date", "Since", "day_short"),
        *(() if alerts.acknowledged is None else (Column("state", "State"),)),
        Column("alert_id", "Id"),
    )
    return Table(columns, alerts.still_open, max_rows=most)


def _counts(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) as open_alerts,
            count(*) filter (where severity = 'critical') as critical_alerts,
            (select count(*) from anomalies.rpt_alerts where not is_superseded) - count(*)
                as acknowledged_alerts
        from anomalies.rpt_open_alerts
        """
    )


def _open(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        f"""
        select
            {_ALERT},
            case
                when fired_at is null then 'new'
                when channels_told > 0 and channels_waiting > 0 then 'sent to some'
                when channels_told > 0 then 'sent'
                when channels_waiting > 0 then 'sending failed'
                else 'open'
            end as state
        from anomalies.rpt_open_alerts
        order by {_GRAVEST_FIRST}, money_at_risk_usd desc nulls last, alert_id
        """  # noqa: S608 - words of this file
    )


def _acknowledged(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        f"""
        with seen as (
            select
                alert_id,
                arg_max(actor, event_at) as acknowledged_by,
                max(event_at) as acknowledged_at,
                arg_max(coalesce(note, '-'), event_at) as note
            from anomalies.fct_alert_events
            where event_type = 'acknowledged'
            group by alert_id
        )
        select
            {_ALERT}, acknowledged_by,
            strftime(acknowledged_at, '%Y-%m-%d %H:%M UTC') as acknowledged_at, note
        from anomalies.rpt_alerts
        join seen using (alert_id)
        where not is_superseded
        order by {_GRAVEST_FIRST}, money_at_risk_usd desc nulls last, alert_id
        """  # noqa: S608 - words of this file
    )


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
        order by {_GRAVEST_FIRST}, money_at_risk_usd desc nulls last, alert_id
        """  # noqa: S608 - words of this file
    )
