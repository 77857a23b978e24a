"""A warehouse of two charges that can be added up by hand: a line of a bill, and two calls."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.reports.warehouse_fixture import columns_of

# 12.34 of the bill and 0.50 + 0.25 of the calls.
OWNED = "13.09"
HEADER = "lineItem/UsageType,lineItem/UnblendedCost"
LINE = "BoxUsage:g5,12.34"
_OWNER = "'unallocated', 'p', 'f', 'unallocated', 'a', 'unit', null, null, 'CC-1'"
_KEYS = (
    "organization_id, product_id, feature_id, customer_id, team_id, business_unit_id, project_id, user_id, "
    "cost_centre"
)


def make_warehouse(folder: Path, raw: Path) -> Path:
    """The published file; its source files are below ``raw``."""
    bill = raw / "aws_cur" / "october.csv.gz"
    bill.parent.mkdir(parents=True)
    with gzip.open(bill, "wt") as file:
        file.write(f"{HEADER}\nOther,1.00\n{LINE}\n")
    calls = raw / "calls" / "date=2026-10-05" / "part-0.parquet"
    calls.parent.mkdir(parents=True)
    pq.write_table(
        pa.table(
            {"call_id": ["c1", "c2"], "input_tokens": [10_000, 20_000], "prompt": ["not to be read"] * 2}
        ),
        calls,
    )
    path = folder / "finops.duckdb"
    with duckdb.connect(str(path)) as connection:
        _fill(connection, calls)
    return path


def _fill(connection: duckdb.DuckDBPyConnection, calls: Path) -> None:
    for schema in ("core", "allocation", "intermediate", "seeds", "staging"):
        connection.execute(f"create schema {schema}")
    for table in (
        "core.fct_charges",
        "core.fct_calls",
        "core.fct_usage_daily",
        "core.rejected_records",
        "allocation.fct_allocated_costs_daily",
        "allocation.rpt_chargebacks_monthly",
    ):
        columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
        connection.execute(f"create table {table} ({columns})")
    connection.execute(
        f"""
        create table intermediate.int_as_of_date as select date '2026-10-31' as as_of_date,
            date '2026-10-02' as window_start_date, date '2026-09-02' as prior_window_start_date,
            date '2026-10-01' as prior_window_end_date, date '2026-08-01' as first_usage_date;
        insert into core.fct_charges by name
            select 'aws_cur/october.csv.gz#3' as charge_id, 'aws_cur' as source, 'aws_cur/october.csv.gz' as file_name,
                3 as line_number, date '2026-10-04' as charge_date, 12.34 as effective_cost_usd, 'USD' as billing_currency,
                'tag_team' as owner_rule, 'infrastructure' as cost_component, 'billed_services' as cost_pool,
                true as is_direct, true as is_counted, {_named()};
        insert into core.fct_charges by name
            select 'calls/1' as charge_id, 'calls' as source, date '2026-10-05' as charge_date, 0.75 as effective_cost_usd,
                'openai' as provider, 'm' as model, 'standard' as service_tier, 'feature' as owner_rule, 'ai' as cost_component,
                'llm_usage' as cost_pool, true as is_direct, true as is_counted, {_named()};
        insert into core.fct_charges by name select 'calls/other' as charge_id, 'calls' as source, 'b' as team_id,
            date '2026-10-05' as charge_date, 99 as effective_cost_usd, true as is_direct, true as is_counted;
        insert into allocation.fct_allocated_costs_daily by name
            select charge_date as usage_date, cost_pool, cost_component, 'direct' as driver, {_KEYS},
                effective_cost_usd as allocated_cost_usd, true as is_direct, false as is_allocated
            from core.fct_charges;
        insert into allocation.rpt_chargebacks_monthly by name
            select date '2026-10-01' as month_start_date, 'a' as team_id, 'CC-1' as cost_centre, {OWNED} as allocated_cost_usd,
                0.5 as cost_share;
        insert into core.fct_calls by name
            select 'c' || i as call_id, timestamp '2026-10-05 10:00:00' as called_at, date '2026-10-05' as usage_date,
                'openai' as provider, 'm' as model, 'standard' as service_tier, 'nobody' as customer_id, 'p' as product_id,
                'f' as feature_id, 'none' as team_id, 10000 * i as input_tokens, 5000 * i as output_tokens,
                0 as cached_input_tokens, 0 as cache_write_input_tokens, 0.25 * i as effective_cost_usd,
                'calls' as source_name, '{calls}' as file_name
            from range(1, 3) as numbers(i);
        create table intermediate.int_usage_owned_daily as
            select date '2026-10-05' as usage_date, 'openai' as provider, 'm' as model, 'standard' as service_tier,
                'nobody' as named_customer_id, 'none' as named_team_id, 'feature' as owner_rule, {_named()};
        create table intermediate.int_price_periods as
            select 'openai' as provider, 'm' as model, 'standard' as service_tier, timestamp '2026-01-01' as valid_from,
                timestamp '9999-12-31' as valid_to, 0 as min_input_tokens, 1000000 as next_min_input_tokens,
                0 as from_week_minute, false as is_negotiated, 0.00001::decimal(18, 12) as contracted_usd_per_input_token,
                null::decimal(18, 12) as contracted_usd_per_cached_input_token,
                null::decimal(18, 12) as contracted_usd_per_cache_write_token,
                0.00003::decimal(18, 12) as contracted_usd_per_output_token;
        create table intermediate.int_models_resolved (provider text, model text, priced_provider text, priced_model text);
        create table seeds.model_aliases (provider text, model text, priced_provider text, priced_model text);
        create table staging.stg_focus__charges as
            select 'aws_cur/october.csv.gz' as file_name, 3 as line_number, '{{"BilledCost": "12.34"}}' as raw_record;
        create table seeds.owner_assignments (owner_rule text, match_key text, match_value text, owner_id text,
            cost_centre text, valid_from_date date, valid_to_date date);
        insert into seeds.owner_assignments values ('feature', 'p', 'f', 'a', 'CC-1', null, null);
        create table seeds.model_prices (provider text, model text, service_tier text, token_class text,
            usd_per_million_tokens decimal(18, 6), valid_from timestamp);
        insert into seeds.model_prices values ('openai', 'm', 'standard', 'input', 10, '2026-01-01');
        create table seeds.price_overrides as from seeds.model_prices limit 0;
        create table seeds.demo_prices as from seeds.model_prices limit 0;
        create table seeds.price_book (provider text, model text, service_tier text, min_input_tokens bigint, valid_from timestamp,
            usd_per_million_input_tokens decimal(18, 6), usd_per_million_cached_input_tokens decimal(18, 6),
            usd_per_million_cache_write_tokens decimal(18, 6), usd_per_million_output_tokens decimal(18, 6));
        """
    )
    for seed in (
        *("owners", "owner_rules", "shared_cost_pools", "bill_pools", "pool_activities", "pool_targets"),
        *("support_pools", "driver_fallbacks", "cost_components", "ledger_precedence", "price_book_meters"),
        *("price_book_names", "currency_rates"),
    ):
        connection.execute(f"create table seeds.{seed} (name text)")


def _named() -> str:
    values = _OWNER.split(", ")
    return ", ".join(f"{value} as {key}" for key, value in zip(_KEYS.split(", "), values, strict=True))


def write_target(folder: Path) -> None:
    """What a dbt command left: a source, the ledger that reads it, the mart of that, and a page."""

    def node(schema: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"resource_type": kind, "schema": schema, "name": name, "columns": {}, "config": {}} | more

    charges, mart = "model.x.fct_charges", "model.x.rpt_chargebacks_monthly"
    manifest = {
        "metadata": {"project_name": "x"},
        "nodes": {
            charges: node("core", "fct_charges", "model", config={"access": "public"},
                depends_on={"nodes": ["source.x.focus.charges"]}),
            mart: node("allocation", "rpt_chargebacks_monthly", "model", config={"access": "public"},
                depends_on={"nodes": [charges]}, package_name="x", original_file_path="models/m.sql",
                columns={"team_id": {"data_type": "string", "description": "Team.\n"}}),
        },
        "sources": {"source.x.focus.charges": node("focus", "charges", "source")},
        "exposures": {"exposure.x.allocation": {"name": "allocation", "depends_on": {"nodes": [mart]}}},
        "child_map": {"source.x.focus.charges": [charges], charges: [mart], mart: ["exposure.x.allocation"]},
        "parent_map": {charges: ["source.x.focus.charges"], mart: [charges]},
    }  # fmt: skip
    ran = {"started_at": "2026-11-01T00:00:01Z", "completed_at": "2026-11-01T00:00:02Z"}
    results = {
        "metadata": {"invocation_id": "i", "generated_at": "2026-11-01T00:00:09Z"},
        "results": [
            {"unique_id": charges, "status": "success", "timing": [ran], "message": "OK"},
            {"unique_id": mart, "status": "error", "timing": [ran], "message": "Binder Error"},
            {"unique_id": "test.x.t", "status": "pass", "timing": [ran], "message": None},
        ],
    }
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "run_results.json").write_text(json.dumps(results))
