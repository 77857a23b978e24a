"""A warehouse that holds nothing but alerts, with the columns of the contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from tests.workspace import ROOT

_CONTRACT = (ROOT / "dbt_project" / "models" / "anomalies" / "rpt_alerts.yml").read_text()
COLUMNS = re.findall(r"- name: (\w+)\n\s+data_type: (\S.*)", _CONTRACT)

AS_OF = "2026-10-31"
# What a customer may be called.
HOSTILE_NAME = (
    'O\'Neill "Quoted" | <script>alert(1)</script> [x](http://evil.example) `*b*` @channel\n# \u202eevil'
)


def alert(alert_id: str, **changed: Any) -> dict[str, Any]:
    """One row of anomalies.rpt_alerts."""
    return {
        "alert_id": alert_id,
        "rule_id": "budget_used_up",
        "rule_kind": "budget_used",
        "severity": "critical",
        "channel_tag": "finance",
        "subject_type": "team",
        "subject_id": "assistant-team",
        "subject_name": "Assistant",
        "period_start_date": "2026-10-01",
        "period_end_date": AS_OF,
        "as_of_date": AS_OF,
        "unit": "share",
        "observed_value": 1.25,
        "threshold_value": 1.0,
        "prior_value": None,
        "amount_usd": "1250.000000000001",
        "message": f"Team Assistant has used 125.0% of its budget ({alert_id}).",
        "is_superseded": False,
        "source_mart": "allocation.rpt_budget_status",
        "source_query": "select * from allocation.rpt_budget_status;",
    } | changed


def write_warehouse(
    path: Path, alerts: list[dict[str, Any]], tags: tuple[str, ...] = ("finance", "customers")
) -> Path:
    """Replace the warehouse at ``path`` by one in which these alerts hold."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with duckdb.connect(str(partial)) as connection:
        connection.execute("create schema intermediate; create schema anomalies; create schema seeds;")
        connection.execute(
            f"create table intermediate.int_as_of_date as select date '{AS_OF}' as as_of_date, "
            "date '2026-10-02' as window_start_date, date '2026-09-02' as prior_window_start_date, "
            "date '2026-10-01' as prior_window_end_date, date '2026-08-01' as first_usage_date"
        )
        connection.execute("create table seeds.alert_rules (channel_tag varchar, is_on boolean)")
        connection.executemany("insert into seeds.alert_rules values (?, true)", [[tag] for tag in tags])
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
        connection.execute(f"create table anomalies.rpt_alerts ({columns})")
        for row in alerts:
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"insert into anomalies.rpt_alerts ({', '.join(row)}) values ({marks})", [*row.values()]
            )
    partial.replace(path)
    return path
