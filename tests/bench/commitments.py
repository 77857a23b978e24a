"""How long the engine of commitments takes for a large company, beside a plain sum of its hours by series.

`python -m tests.bench.commitments [--series 2000]`: half of the series are machines, half dollars of the same families, 90 days of hours each,
with six offers for each of them and six plans on everything. A family has some 25 machines, each of whose hours is a row of the last 30 days. The models are the project's own, as dbt compiles them.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.warehouse_build import measure
from tests.compiled_models import CompiledModels
from tests.workspace import ROOT, Workspace

HOURS = 2160
MEMORY = "3GB"
OFFERS = [(term, upfront) for term in (12, 36) for upfront in (0, 0.5, 1)]
ENGINE = (
    "int_commitment_curves",
    "int_commitment_quantiles",
    "int_commitment_levels",
    "int_commitment_outcomes",
    "int_commitment_bases",
    "int_commitment_alternatives",
    "int_commitments_chosen",
    "rpt_commitment_recommendations",
)
SERIES = {"m": "", "d": " / USD"}
CASES = {
    "as_judged": (30, 1, 1), "less_usage": (30, 1, 0.8), "more_usage": (30, 1, 1.2), "last_3": (3, 1, 1), "last_7": (7, 1, 1),
    "last_30": (30, 1, 1), "last_60": (60, 1, 1), "last_90": (90, 1, 1), "judging": (30, 1, 1), "fitting": (90, 31, 1),
}  # fmt: skip
FLOOR = "select count(*), sum(cost) from (select series_id, sum(on_demand_cost_usd) as cost from finops.intermediate.int_cloud_commitment_hours group by all)"


def make_hours(models: CompiledModels, series: int) -> None:
    """The hours, offers and cases that the engine reads: machines come and go by day, and by night fewer run."""
    models.fill("fct_commitment_hours", [])
    models.fill("int_commitments_owned", [])
    models.fill(
        "savings_actions",
        [
            {
                "action_kind": "commitment",
                "effort_days": 1,
                "effort_days_per_part": 0,
                "usd_per_effort_day": 700,
            }
        ],
    )
    with (ROOT / "dbt_project/seeds/assumptions.csv").open(newline="") as file:
        assumed = [
            row
            for row in csv.DictReader(file)
            if row["name"].startswith(("action_", "commitment_", "off_hours_"))
        ]
    models.fill("assumptions", [{"name": row["name"], "value": row["value"]} for row in assumed])
    models.fill("int_commitment_cases", [])
    run = models.connection.execute
    for case, (first, last, factor) in CASES.items():
        run(
            f"insert into {models.name('int_commitment_cases')} by name select 'AWS' as history_id, '{case}' as usage_case,"
            f" date '2026-11-01' - {first} as first_date, date '2026-11-01' - {last} as last_date, {factor} as usage_factor,"
            f" {(first - last + 1) * 24} as hours, least(720 / {(first - last + 1) * 24}, 9) as months"
        )
    run(
        "create temp table machines as select number, hour,"
        " 4 * cast(2 + number % 40 + hash(number, hour // 24) % 4 + case when hour % 24 between 8 and 18 then hash(number, hour) % 6 else 0 end"
        f" as decimal(15, 6)) as units from range({series // 2}) as families(number), range({HOURS}) as hours(hour)"
    )
    for empty in (
        "int_cloud_commitment_hours",
        "int_commitment_lines_by_hour",
        "int_usage_optimized",
        "int_machine_types",
        "int_cloud_offer_rates",
    ):
        models.fill(empty, [])
    run(
        f"insert into {models.name('int_commitment_lines_by_hour')} by name select 'AWS' as provider_name, 'EC2' as usage_kind, 'compute' as plan_scope,"
        " 'f' || number as family, 'f' || number as reserved_as, 'r' as region_id, 'i-' || number || '-' || machine as resource_id, 'linux' as operating_system,"
        " 'shared' as tenancy, true as is_by_instance, false as is_covered, cast(hour_at as date) as charge_date, hour_at as usage_hour_at, 1 as machine_hours,"
        " 4 as units_per_instance, 0.096 as list_usd, 0.096 as on_demand_usd from (select *, timestamp '2026-08-03' + interval (hour) hour as hour_at,"
        f" unnest(range(cast(units / 4 as bigint))) as machine from machines where hour >= {HOURS - 720}) as running"
    )
    for prefix, price in (("m", "0.024"), ("d", "1")):
        # What dollars buy differs from hour to hour, as prices of sizes are not in proportion.
        units = "units" if prefix == "m" else "cast(units * (24 + hash(hour) % 3) / 1000 as decimal(15, 6))"
        run(
            f"insert into {models.name('int_cloud_commitment_hours')} by name select 'AWS / EC2 / f' || number || ' / r{SERIES[prefix]}' as series_id, 'AWS' as history_id,"
            " 'after_actions' as usage_basis, timestamp '2026-08-03' + interval (hour) hour as usage_hour_at, 0 as units_before,"
            f" {units} as demanded_units, {units} * {price} as list_cost_usd, {units} * {price} as on_demand_cost_usd,"
            f" {price} as usd_per_demanded_unit from machines"
        )
    models.fill("int_commitment_offers", [])
    for place, (term, upfront) in enumerate(OFFERS):
        discount = (0.37 if term == 12 else 0.55) + upfront * 0.05
        common = (
            f"'AWS' as history_id, 'AWS / compute' as alternatives, 'AWS' as provider, {discount} as discount_share,"
            f" {term} as term_months, {upfront} as upfront_share, true as is_illustrative, 'o' as offer_name"
        )
        for prefix, price, step, kind in (("m", 0.024, 4, "machines"), ("d", 1, 0.01, "spend")):
            run(
                f"insert into {models.name('int_commitment_offers')} by name select '{prefix}{place}' as offer_id, 'AWS / EC2 / f' || range || ' / r{SERIES[prefix]}' as series_id,"
                f" 'f' || range as group_id, {price * (1 - discount)} as usd_per_unit_hour, {step} as unit_increment, {step} as minimum_units,"
                f" '{kind}' as commitment_kind, {common} from range({series // 2})"
            )
        run(
            f"insert into {models.name('int_commitment_offers')} by name select 'p{place}' as offer_id, 'p{place}' as series_id,"
            f" 'AWS / compute' as group_id, 1 as usd_per_unit_hour, 0.01 as unit_increment, 0.01 as minimum_units, 'spend' as commitment_kind, {common}"
        )
        for layer, (low, high, off) in enumerate(
            ((0, 0.5, discount - 0.1), (0.5, 1, discount - 0.2)), start=1
        ):
            before = 0 if layer == 1 else 0.5 * (1 - (discount - 0.1))
            run(
                f"insert into {models.name('int_cloud_commitment_hours')} by name select 'p{place}' as series_id, 'AWS' as history_id,"
                " 'after_actions' as usage_basis, timestamp '2026-08-03' + interval (hour) hour as usage_hour_at,"
                f" sum(units) * 0.024 * {before} as units_before, sum(units) * 0.024 * {(high - low) * (1 - off)} as demanded_units,"
                f" sum(units) * 0.024 * {high - low} as list_cost_usd, sum(units) * 0.024 * {high - low} as on_demand_cost_usd,"
                f" {1 / (1 - off)} as usd_per_demanded_unit from machines group by hour"
            )


def judge(models: CompiledModels) -> None:
    """The engine, from the hours to the recommendations."""
    for model in ENGINE:
        started = time.perf_counter()
        models.make(model)
        sys.stderr.write(f"  {model:40} {time.perf_counter() - started:7.2f} s\n")
    found = models.query(
        f"select count(*), count(*) filter (where is_recommended) from {models.name('rpt_commitment_recommendations')}"
    )
    sys.stderr.write(f"  {found[0][0]:,} options, {found[0][1]:,} recommended\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=int, default=2000)
    parser.add_argument("--step", choices=["hours", "floor", "engine"])
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.step is None:
        with tempfile.TemporaryDirectory() as folder:
            bench(options.series, Path(folder))
        return
    models = CompiledModels(
        Workspace(options.folder, options.folder / "target"), str(options.folder / "hours.duckdb")
    )
    models.connection.execute(
        f"set memory_limit = '{MEMORY}'; set preserve_insertion_order = false; set temp_directory = '{options.folder}/spill'"
    )
    match options.step:
        case "hours":
            make_hours(models, options.series)
        case "floor":
            models.query(FLOOR)
        case _:
            judge(models)


def bench(series: int, folder: Path) -> None:
    """Print the figures."""
    workspace = Workspace(folder, folder / "target")
    workspace.generate(customers=5, days=3)
    selected = ("--select", "+rpt_commitment_recommendations")
    built = workspace.run_command("build", "--exclude-resource-type", "unit_test", "test", *selected)
    if built.returncode:
        raise SystemExit(built.stdout[-3000:])
    command = [
        sys.executable, "-m", "tests.bench.commitments", "--series", str(series), "--folder", str(folder),
    ]  # fmt: skip
    measure([*command, "--step", "hours"], workspace.env)
    sys.stdout.write(f"{series:,} series of {HOURS:,} hours, {len(OFFERS)} offers for each\n")
    floor = measure([*command, "--step", "floor"], workspace.env)
    for name in ("floor", "engine"):
        found = floor if name == "floor" else measure([*command, "--step", name], workspace.env)
        sys.stdout.write(
            f"  {name:13} {found.seconds:7.2f} s  {found.seconds / floor.seconds:6.1f} x floor"
            f"  {found.processor_seconds:7.2f} s of processor time  {found.megabytes:7,.0f} MB\n"
        )
    sys.stdout.write(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
