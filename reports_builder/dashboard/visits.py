"""When an account that is logged in was here before, and what has come since."""

import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.formatting import day
from reports_builder.warehouse import Warehouse

# Who comes back sooner, or opens a page anew, is still here.
_ONE_VISIT = timedelta(hours=8)


@dataclass(frozen=True)
class Visit:
    """When somebody was here last, and the last day of the data that was shown."""

    at: datetime
    as_of: date


def visit_before(warehouse: Path, account: str, as_of: date, now: datetime | None = None) -> Visit | None:
    """The visit before this one, which is written down; None for the first, or where nobody is logged in."""
    if not account:
        return None
    here = Visit(now or datetime.now(UTC), as_of)
    path = place_of(warehouse, account)
    before, last = _read(path)
    if last is not None and here.at - last.at >= _ONE_VISIT:
        before = last
    _write(path, before, here)
    return before


def place_of(warehouse: Path, account: str) -> Path:
    """The file of an account, whose name it does not tell."""
    return warehouse.parent / "visits" / f"{hashlib.sha256(account.lower().encode()).hexdigest()[:20]}.json"


def _read(path: Path) -> tuple[Visit | None, Visit | None]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return _visit(told["before"]), _visit(told["last"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, None


def _visit(told: dict[str, Any] | None) -> Visit | None:
    return told and Visit(datetime.fromisoformat(told["at"]), date.fromisoformat(told["as_of"]))  # type: ignore[return-value]


def _write(path: Path, before: Visit | None, last: Visit) -> None:
    told = {"before": before and _told(before), "last": _told(last)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{last.at:%H%M%S%f}")
        unfinished.write_text(json.dumps(told) + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        # A page whose place cannot be written to is shown all the same.
        logging.getLogger(__name__).exception("a visit could not be written down")


def _told(visit: Visit) -> dict[str, str]:
    return {"at": visit.at.isoformat(), "as_of": visit.as_of.isoformat()}


def news(warehouse: Warehouse, visit: Visit) -> Prose:
    """What has come since a visit: alerts, days of data with what they cost, customers."""
    parts = [
        found.say(words)
        for found, words in (
            (
                _alerts(warehouse, visit),
                "{new_alerts:count} more open alerts, {critical_alerts:count} critical",
            ),
            (
                _spend(warehouse, visit),
                "{new_days:count} more days of data, with all spend {all_spend_usd:usd}",
            ),
            (_customers(warehouse, visit), "customers that began: {begun:count}, that left: {gone:count}"),
        )
        if found.rows
    ]
    said = note(f"Since your last visit on {day(visit.at.date())}: ")
    return said + (join(parts, "; ") if parts else note("nothing new")) + note(".")


def _alerts(warehouse: Warehouse, visit: Visit) -> Evidence:
    """Those sent since; none where the history of alerts does not lie beside the warehouse."""
    if not warehouse.has("anomalies.rpt_open_alerts"):
        return Evidence("", (), ())
    return warehouse.evidence(
        """
        select
            count(*) as new_alerts,
            count(*) filter (where severity = 'critical') as critical_alerts
        from anomalies.rpt_open_alerts
        where fired_at > :visited
        having count(*) > 0
        """,
        visited=f"{visit.at:%Y-%m-%d %H:%M:%S}",
    )


def _spend(warehouse: Warehouse, visit: Visit) -> Evidence:
    return warehouse.evidence(
        """
        select count(*) as new_days, sum(all_spend_usd) as all_spend_usd
        from core.rpt_spend_daily
        where usage_date > :seen and usage_date <= :as_of
        having count(*) > 0
        """,
        seen=visit.as_of,
    )


def _customers(warehouse: Warehouse, visit: Visit) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) filter (where signup_date > :seen and signup_date <= :as_of) as begun,
            count(*) filter (where churned_date > :seen and churned_date <= :as_of) as gone
        from core.dim_customers
        where is_known
        having begun > 0 or gone > 0
        """,
        seen=visit.as_of,
    )
