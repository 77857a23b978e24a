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


BUDGET_USED = "The budget of team Assistant for October 2026 is 125.0 % used: $1,250.00 of $1,000.00."
"""What an alert of this fixture says if nothing is changed."""


def cost_share(name: str) -> dict[str, Any]:
    """What is different for an alert on the cost share of the customer of this name."""
    return {
        "measure": "cost_share_of_revenue",
        "subject_type": "customer",
        "subject_id": name,
        "subject_name": name,
        "observed_value": 0.9,
        "facts": '{"cost_usd": 9.00, "revenue_usd": 10.00, "window_days": 30, "projected_month_cost_usd": 9, "days_remaining": 0}',
    }


def alert(alert_id: str, **changed: Any) -> dict[str, Any]:
    """One row of anomalies.rpt_alerts."""
    return {
        "alert_id": alert_id,
        "rule_id": "budget_used_up",
        "measure": "budget_used",
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
        "comparison": "at least",
        "threshold_value": 1.0,
        "prior_value": None,
        "amount_usd": "1250.000000000001",
        "is_superseded": False,
        "facts": '{"actual_cost_usd": 1250.000000000001, "budget_usd": 1000.00, "days_remaining": 0, "period": "month"}',
        "source_mart": "planning.rpt_budgets",
        "source_keys": '{"scope": "team", "scope_id": "assistant-team", "period": "month", "period_start_date": "2026-10-01"}',
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
