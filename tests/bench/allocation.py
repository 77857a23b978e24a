"""How long it takes to allocate a large ledger, beside a plain grouping of its charges by owner and day.

`python -m tests.bench.allocation [--charges 10000000]`: a ledger of that many charges, of 2,500 owners over 100 days, and twelve shared
pools, by calls, tokens, cost, several activities and targets. The models are the project's own, as dbt compiles them. Each command is a process of its
own; its peak of memory is that of all that it does.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.warehouse_build import measure
from tests.compiled_models import CompiledModels
from tests.workspace import Workspace

DAYS, OWNERS = 100, 2500
MEMORY = "2GB"
POOLS = [
    *((f"by calls {number}", "calls") for number in range(3)),
    *((f"by tokens {number}", "tokens") for number in range(3)),
    *((f"by cost {number}", "effective_cost") for number in range(3)),
    ("helpdesk", "calls"),
    ("of some", "tokens"),
    ("office", "even"),
]
VIEWS = ("int_pool_bearers", "int_driver_units_daily", "int_pool_parts_daily")
# The columns by which the tables that are kept by day choose the days that changed, in the order of their conditions.
KEPT = {
    "int_shared_costs_allocated": ("usage_date", "usage_date"),
    "fct_allocated_costs_daily": ("charge_date", "usage_date"),
}
CHECKS = ("assert_allocated_equals_the_ledger", "assert_cost_shares_sum_to_one")
OWNER = """
    'o' || owner % 50 as organization_id, 'p' || owner % 5 as product_id, 'f' || owner % 25 as feature_id,
    'c' || owner as customer_id, 't' || owner % 20 as team_id, 'u' || owner % 4 as business_unit_id, 'cc' || owner % 20 as cost_centre
"""
FLOOR = """
    select count(*), sum(cost) from (
        select charge_date, cost_pool, cost_component, organization_id, product_id, feature_id, customer_id, team_id, business_unit_id,
            project_id, user_id, cost_centre, sum(effective_cost_usd) as cost
        from finops.core.fct_charges group by all
    )
"""


def make_ledger(models: CompiledModels, charges: int) -> None:
    """The tables that the models read."""
    for table in (
        "fct_charges", "int_usage_owned_daily", "int_charges__pools", "int_charges__provisioned", "int_charges__focus",
        "stg_tenant_activity__activities", "pool_activities", "driver_fallbacks", "pool_targets",
        "support_pools", "dim_customers", "int_owner_levels", "cost_components", "shared_cost_pools",
    ):  # fmt: skip
        models.fill(table, [])
    models.fill(
        "pool_activities",
        [
            {"cost_pool": "helpdesk", "driver": "calls", "cost_weight": 2, "capacity_units_per_day": 200_000},
            {"cost_pool": "helpdesk", "driver": "tokens", "cost_weight": 1},
        ],
    )
    models.fill(
        "pool_targets",
        [
            {"cost_pool": "of some", "target_column": "team_id", "target_value": f"t{number}"}
            for number in range(10)
        ]
        + [
            {"cost_pool": "office", "target_column": "team_id", "target_value": f"t{number}"}
            for number in range(20)
        ],
    )
    pools = ", ".join(f"('{pool}', '{driver}')" for pool, driver in POOLS)
    run = models.connection.execute
    run(
        f"create temp table pool_days as select date '2026-01-01' + cast(day as integer) as charge_date, pool, driver,"
        f" cast(100 + hash(pool, day) % 1000000 as decimal(28, 12)) / 3 as cost from (values {pools}) as pools(pool, driver), range({DAYS}) as days(day)"
    )
    run(
        f"create temp table calls as select date '2026-01-01' + cast(number // {charges // DAYS} as integer) as charge_date,"
        f" {OWNER}, cast(1 + hash(number) % 1000 as bigint) as tokens, cast(1 + hash(number) % 100000 as decimal(28, 12)) / 1000000 as cost"
        f" from (select range as number, range % {OWNERS} as owner from range({charges}))"
    )
    columns = "organization_id, product_id, feature_id, customer_id, team_id, business_unit_id, cost_centre"
    run(
        f"insert into {models.name('fct_charges')} by name select charge_date, {columns}, 'llm_usage' as cost_pool, 'ai' as cost_component,"
        " true as is_direct, true as is_counted, cost as effective_cost_usd from calls union all by name"
        " select charge_date, pool as cost_pool, 'other' as cost_component, driver as allocation_driver, false as is_direct,"
        " true as is_counted, cost as effective_cost_usd from pool_days"
    )
    run(
        f"insert into {models.name('int_usage_owned_daily')} by name select charge_date as usage_date, {columns}, true as is_allocated,"
        " 'x' as provider, 'm' as model, 'standard' as service_tier, 1 as calls, tokens as input_tokens, 0 as output_tokens,"
        " cost as effective_cost_usd from calls"
    )
    run(
        f"insert into {models.name('int_charges__pools')} by name select charge_date, pool as cost_pool, driver as allocation_driver,"
        " false as is_direct, true as is_counted, cost as effective_cost_usd from pool_days"
    )
    run(
        f"create or replace view {models.name('int_charges__usage')} as select * from {models.name('fct_charges')} where is_direct"
    )
    models.make("int_support_costs_passed", "int_pool_target_units")
    models.make(*VIEWS, kind="view")


def allocate(models: CompiledModels, of_one_day: bool) -> None:
    """Make the tables of allocation, of all days or anew of the last, and check that they are the ledger."""
    for model, columns in KEPT.items():
        names = iter(columns)
        sql, times = re.subn(
            r"\b1 = 1\b",
            lambda _, names=names: (
                f"{next(names)} = date '2026-01-01' + {DAYS - 1}" if of_one_day else "1 = 1"
            ),
            models.sql(model),
        )
        if times != len(columns):
            raise SystemExit(f"{model} chooses its days in {times} places, not in {len(columns)}")
        started = time.perf_counter()
        if of_one_day:
            models.connection.execute(
                f"delete from {models.name(model)} where usage_date = date '2026-01-01' + {DAYS - 1}"
            )
            models.connection.execute(f"insert into {models.name(model)} by name {sql}")
        else:
            models.connection.execute(f"create or replace table {models.name(model)} as {sql}")
        told(model, started)
    for check in () if of_one_day else CHECKS:
        started = time.perf_counter()
        if rows := models.query(models.sql(check)):
            raise SystemExit(f"{check} does not hold: {rows[:3]}")
        told(check, started)


def told(what: str, started: float) -> None:
    sys.stderr.write(f"  {what:40} {time.perf_counter() - started:7.2f} s\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--charges", type=int, default=10_000_000)
    parser.add_argument("--step", choices=["ledger", "floor", "all days", "one more day"])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.step is None:
        with tempfile.TemporaryDirectory() as folder:
            bench(options.charges, Path(folder))
        return
    models = CompiledModels(_workspace(options.folder), str(options.folder / "ledger.duckdb"))
    models.connection.execute(
        f"set memory_limit = '{MEMORY}'; set preserve_insertion_order = false; set temp_directory = '{options.folder}/spill'"
    )
    match options.step:
        case "ledger":
            make_ledger(models, options.charges)
        case "floor":
            models.query(FLOOR)
        case step:
            allocate(models, of_one_day=step == "one more day")


def bench(charges: int, folder: Path) -> None:
    """Print the figures."""
    workspace = _workspace(folder)
    workspace.generate(customers=5, days=3)
    selected = ("--select", "+fct_allocated_costs_daily", *CHECKS, "--indirect-selection", "cautious")
    built = workspace.run_command("build", "--exclude-resource-type", "unit_test", *selected)
    if built.returncode:
        raise SystemExit(built.stdout[-3000:])
    command = [
        sys.executable,
        "-m",
        "tests.bench.allocation",
        "--charges",
        str(charges),
        "--folder",
        str(folder),
    ]
    measure([*command, "--step", "ledger"], workspace.env)
    floor = measure([*command, "--step", "floor"], workspace.env)
    sys.stdout.write(
        f"{charges:,} charges of {OWNERS:,} owners over {DAYS} days, {len(POOLS)} shared pools\n"
    )
    for name in ("floor", "all days", "one more day"):
        found = floor if name == "floor" else measure([*command, "--step", name], workspace.env)
        sys.stdout.write(
            f"  {name:13} {found.seconds:7.2f} s  {found.seconds / floor.seconds:6.1f} x floor"
            f"  {found.processor_seconds:7.2f} s of processor time  {found.megabytes:7,.0f} MB\n"
        )
    sys.stdout.write(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")


def _workspace(folder: Path) -> Workspace:
    return Workspace(folder, folder / "target")


if __name__ == "__main__":
    main()
