"""Alerts that hold now: rows of the published warehouse, and the words for them."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports_builder.alerts.words import sentence, source_query
from reports_builder.warehouse import Warehouse, open_warehouse

SEVERITIES = ("critical", "warning", "info")


@dataclass(frozen=True)
class Alert:
    """One row of ``anomalies.rpt_alerts``, see there, with its sentence and the query behind it."""

    alert_id: str
    rule_id: str
    measure: str
    severity: str
    channel_tag: str
    subject_type: str
    subject_id: str
    subject_name: str
    period_start_date: date
    period_end_date: date
    as_of_date: date
    unit: str
    observed_value: float | None
    comparison: str
    threshold_value: float
    prior_value: float | None
    amount_usd: Decimal
    money_at_risk_usd: Decimal | None
    message: str
    is_superseded: bool
    source_mart: str
    source_query: str

    def as_json(self) -> dict[str, Any]:
        """Every column as JSON can hold it; money as text, exact."""
        return {
            column.name: str(value)
            if isinstance(value := getattr(self, column.name), date | Decimal)
            else value
            for column in fields(self)
        }


@dataclass(frozen=True)
class Evaluated:
    """What holds in one warehouse, the most severe first, and of them those that lose most."""

    as_of: date
    alerts: tuple[Alert, ...]
    tags: frozenset[str]

    @property
    def to_tell(self) -> tuple[Alert, ...]:
        """Alerts that no more severe one stands for."""
        return tuple(alert for alert in self.alerts if not alert.is_superseded)


def evaluated(path: Path) -> Evaluated:
    """Read the alerts of the warehouse at ``path``; ReportError when it has none to read."""
    with open_warehouse(path) as warehouse:
        alerts = _alerts(warehouse)
        tags = warehouse.evidence("select distinct channel_tag from seeds.alert_rules where is_on")
        return Evaluated(warehouse.period.as_of, alerts, frozenset(str(row[0]) for row in tags.rows))


def _alerts(warehouse: Warehouse) -> tuple[Alert, ...]:
    columns = [column.name for column in fields(Alert)]
    alerts = []
    for row in warehouse.evidence("select * from anomalies.rpt_alerts").records():
        known = {**row, "message": sentence(row), "source_query": source_query(row)}
        alerts.append(Alert(**{name: known[name] for name in columns}))  # type: ignore[arg-type]
    return tuple(sorted(alerts, key=_gravest_first))


def _gravest_first(alert: Alert) -> tuple[int, bool, Decimal, str]:
    """By severity, then by what is lost or over the limit; where that is unknown, last."""
    lost = alert.money_at_risk_usd
    return _rank(alert.severity), lost is None, -(lost or Decimal(0)), alert.alert_id


def _rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
