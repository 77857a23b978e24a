"""How long a build takes for a company that is wide in one way: `python -m tests.bench.wide_company [--only customers features] [--size 0.1]`.

Half a million to a million calls each, so that what a shape takes beyond the others is of its width: many customers with few
calls, one customer with half of them, many features, many teams, ten years of days. Each is built from nothing and its reports are
rendered; beside time and memory stands which models took longest. Two sizes say what grows faster than the company.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tests.bench.warehouse_build import longest_nodes, measure
from tests.workspace import ROOT, Workspace

LAST_DAY = "2026-10-31"
CALLS = """
    with calls as (
        select
            number,
            cast('{last}' as date) - cast(number % {days} as integer) as date,
            hash(number) as digest,
            case when {skew} and hash('half' || number) % 2 = 0 then 0 else hash('customer' || number) % {customers} end as customer,
            hash('feature' || number) % {features} as feature
        from range({calls}) as numbers (number)
    )
    select
        date,
        cast(date as timestamp) + to_microseconds(cast(digest % 86400000000 as bigint)) as timestamp,
        'openai' as provider,
        case when digest % 4 = 0 then 'gpt-4-turbo' else 'gpt-3.5-turbo' end as model,
        cast(100 + digest % 900 as bigint) as input_tokens,
        cast(10 + digest % 90 as bigint) as output_tokens,
        cast(0.001 + digest % 90 / 10000 as decimal(18, 9)) as cost_usd,
        cast(500 + digest % 4000 as bigint) as latency_ms,
        'customer-' || customer as customer_id,
        'organization-' || customer as organization_id,
        'wide' as product_id,
        'feature-' || feature as feature_id,
        'chat' as task_type,
        'starter' as subscription_tier,
        'call-' || number as call_id,
        'trace-' || number // 2 as trace_id,
        'success' as status
    from calls
"""
CUSTOMERS = """
    select
        'customer-' || number as customer_id,
        'Customer ' || number as customer_name,
        'organization-' || number as organization_id,
        'starter' as subscription_tier,
        cast(29 as decimal(18, 2)) as monthly_fee,
        'light' as usage_archetype,
        cast('{last}' as date) - {days} as signup_date,
        cast(null as date) as churned_date,
        'us-east-1' as region
    from range({customers}) as numbers (number)
"""


@dataclass(frozen=True)
class Shape:
    """How many of each there are; with teams, each has features of its own."""

    customers: int = 1_000
    features: int = 20
    teams: int = 0
    days: int = 60
    calls: int = 1_000_000
    skew: bool = False

    def of_size(self, size: float) -> Shape:
        """The same with so many times the calls, and of what it is wide in."""
        usual = Shape()
        wide = {
            name: int(getattr(self, name) * size)
            for name in ("customers", "features", "teams", "days")
            if getattr(self, name) > getattr(usual, name)
        }
        return replace(self, calls=int(self.calls * size), **wide)


SHAPES = {
    "usual": Shape(),
    "skew": Shape(skew=True),
    "customers": Shape(customers=100_000),
    "features": Shape(features=100_000),
    "teams": Shape(features=10_000, teams=10_000),
    "days": Shape(days=3_650, calls=500_000),
}


def write(shape: Shape, raw: Path) -> None:
    """The raw files of a company of that shape."""
    raw.mkdir(parents=True)
    values = vars(shape) | {"last": LAST_DAY}
    with duckdb.connect() as connection:
        connection.execute("set partitioned_write_max_open_files = 10000")
        connection.execute(
            f"copy ({CALLS.format(**values)}) to '{raw}/calls' (format parquet, partition_by (date))"
        )
        connection.execute(
            f"copy ({CUSTOMERS.format(**values)}) to '{raw}/customers.parquet' (format parquet)"
        )


def project(shape: Shape, folder: Path) -> str:
    """The dbt project, a copy with the teams of the shape where it has some."""
    if not shape.teams:
        return "dbt_project"
    copy = folder / "dbt_project"
    shutil.copytree(
        ROOT / "dbt_project", copy, ignore=shutil.ignore_patterns("target", "logs", "__pycache__")
    )
    with (copy / "seeds" / "owners.csv").open("a") as owners:
        owners.writelines(
            f"team-{number},team,Team {number},customer-products,,,\n" for number in range(shape.teams)
        )
    with (copy / "seeds" / "owner_assignments.csv").open("a") as assignments:
        assignments.writelines(
            f"feature,wide,feature-{number},team-{number % shape.teams},CC-100,,\n"
            for number in range(shape.features)
        )
    return str(copy)


def bench(name: str, shape: Shape, folder: Path) -> None:
    """Print the figures of one shape."""
    workspace = Workspace(folder, folder / "target", project=project(shape, folder))
    write(shape, workspace.raw)
    built = measure(workspace.dbt_command("--quiet", "build"), workspace.env)
    longest = longest_nodes(workspace.target)
    report_command = [sys.executable, "-m", "reports_builder", "--warehouse", str(workspace.published)]
    reports = measure([*report_command, "--out", str(folder / "reports")], workspace.env)
    written = sum(path.stat().st_size for path in (folder / "reports").rglob("*.md"))
    sys.stdout.write(f"{name}: {shape}\n")
    for what, measured in (("build", built), ("reports", reports)):
        sys.stdout.write(
            f"  {what:8} {measured.seconds:7.1f} s {measured.processor_seconds:7.1f} s of processor time {measured.megabytes:7,.0f} MB\n"
        )
    sys.stdout.write(
        f"  published {workspace.published.stat().st_size / 1e6:,.0f} MB, pages {written / 1e3:,.0f} kB; longest: {', '.join(longest)}\n"
    )
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(SHAPES), default=list(SHAPES))
    parser.add_argument("--size", type=float, default=1)
    given = parser.parse_args()
    for name in given.only:
        with tempfile.TemporaryDirectory() as folder:
            bench(name, SHAPES[name].of_size(given.size), Path(folder))


if __name__ == "__main__":
    main()
