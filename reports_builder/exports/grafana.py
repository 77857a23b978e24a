"""A dashboard for Grafana, in its classic JSON, whose panels ask the published DuckDB file."""

import json
from dataclasses import dataclass

PLUGIN = "motherduck-duckdb-datasource"
"""The data source plugin; its path is that of the published file."""
_SOURCE = {"type": PLUGIN, "uid": "${DS_FINOPS}"}
_WIDTH, _HEIGHT = 12, 8


@dataclass(frozen=True)
class Panel:
    """A panel: `timeseries`, `table` or `barchart`, and the query of one mart behind it."""

    title: str
    kind: str
    query: str
    unit: str = "currencyUSD"


PANELS = (
    Panel(
        "Cost by month and component",
        "barchart",
        "select strftime(month_start_date, '%Y-%m') as month, ai_cost_usd as ai, "
        "infrastructure_cost_usd as infrastructure, storage_cost_usd as storage, transfer_cost_usd as "
        "transfer, services_cost_usd as services, other_cost_usd as other from "
        "allocation.rpt_owner_costs_monthly where rollup_level = 'total' order by month_start_date",
    ),
    Panel(
        "Cost by team, newest month",
        "table",
        "select owner_name as team, total_cost_usd as cost, shared_cost_usd as shared, "
        "prior_month_cost_usd as month_before from allocation.rpt_owner_costs_monthly where "
        "rollup_level = 'team' and is_latest order by total_cost_usd desc",
    ),
    Panel(
        "Spend by day",
        "timeseries",
        "select cast(usage_date as timestamp) as time, effective_cost_usd as cost from core.rpt_spend_daily "
        "order by usage_date",
    ),
    Panel(
        "Customers by cost, newest month",
        "table",
        "select customer_name as customer, total_cost_usd as cost, cost_per_call_usd as per_call from "
        "allocation.rpt_tenant_chargebacks_monthly where is_latest and is_customer order by total_cost_usd "
        "desc limit 50",
    ),
    Panel(
        "Tagged right, share of cost",
        "timeseries",
        "select cast(month_start_date as timestamp) as time, compliant_cost_share as share from "
        "allocation.rpt_tag_compliance where scope_kind = 'total' order by month_start_date",
        "percentunit",
    ),
    Panel(
        "Tags to put right",
        "table",
        "select resource_id as resource, corrections as to_do, fixed_by as who, cost_usd as cost from "
        "allocation.rpt_resources_to_tag where rollup_level = 'resource' order by resource_rank limit 100",
    ),
)


def as_dashboard() -> bytes:
    """The JSON that Grafana imports; it asks which data source to use."""
    dashboard = {
        "__inputs": [
            {"name": "DS_FINOPS", "label": "FinOps warehouse", "type": "datasource", "pluginId": PLUGIN}
        ],
        "title": "FinOps: all spend",
        "uid": "finops-all-spend",
        "schemaVersion": 36,
        "version": 1,
        "editable": True,
        "tags": ["finops"],
        "time": {"from": "now-120d", "to": "now"},
        "timezone": "utc",
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }
    return (json.dumps(dashboard, indent=2) + "\n").encode()


def _panel(number: int, panel: Panel) -> dict[str, object]:
    row, column = divmod(number, 24 // _WIDTH)
    return {
        "id": number + 1,
        "title": panel.title,
        "type": panel.kind,
        "datasource": _SOURCE,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "options": {},
        "targets": [
            {
                "refId": "A",
                "datasource": _SOURCE,
                "rawSql": panel.query,
                "format": "time_series" if panel.kind == "timeseries" else "table",
            }
        ],
    }
