"""The nightly run in Dagster: two assets, a check of freshness that tells the channels, a schedule.

``FINOPS`` is the command, in an environment of its own; ``FINOPS_COMPANY`` the folder of the company.
"""

import json
import os
import subprocess
from collections.abc import Iterator

import dagster as dg

FINOPS = os.environ.get("FINOPS", "/opt/finops/bin/finops")
COMPANY = os.environ.get("FINOPS_COMPANY", "/srv/finops")


def finops(context: dg.AssetExecutionContext, *arguments: str) -> None:
    """Run a command in the folder of the company; its lines go to the log of the run."""
    with subprocess.Popen(
        [FINOPS, *arguments], cwd=COMPANY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            context.log.info(line.rstrip())
    if process.returncode:
        raise dg.Failure(f"finops {' '.join(arguments)}: exit code {process.returncode}")


def status(*options: str) -> dict:
    """What ``finops status`` says; its exit code 1 is a problem, which is in what it says."""
    command = [FINOPS, "status", "--json", *options]
    done = subprocess.run(command, cwd=COMPANY, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise dg.Failure(done.stderr)
    return json.loads(done.stdout)


@dg.asset(kinds={"dbt", "duckdb"}, op_tags={"dagster/concurrency_key": "finops"})
def warehouse(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The published warehouse."""
    finops(context, "build", "--log-format", "json")
    now = status()
    rows = {source["source"]: source["records"] for source in now["sources"]}
    return dg.MaterializeResult(
        metadata={"as_of_date": now["as_of_date"], "bytes": now["published_bytes"], "records": rows}
    )


@dg.asset(deps=[warehouse])
def reports(context: dg.AssetExecutionContext) -> None:
    """The reports of the published warehouse."""
    finops(context, "report")


@dg.asset(deps=[reports])
def alerts(context: dg.AssetExecutionContext) -> None:
    """What is new goes to the channels."""
    finops(context, "alerts")


@dg.asset_check(asset=warehouse)
def is_well() -> dg.AssetCheckResult:
    """The pipeline has no problem; the channels hear of one once, and when it is over."""
    problems = status("--notify")["problems"]
    return dg.AssetCheckResult(
        passed=not problems, metadata={each["kind"]: each["sentence"] for each in problems}
    )


nightly = dg.define_asset_job("finops_nightly", selection=[warehouse, reports, alerts])


@dg.run_failure_sensor(monitored_jobs=[nightly])
def tell_failure() -> Iterator[dg.SkipReason]:
    """A build that failed is no asset to check."""
    status("--notify")
    yield dg.SkipReason("told")


defs = dg.Definitions(
    assets=[warehouse, reports, alerts],
    asset_checks=[is_well],
    jobs=[nightly],
    schedules=[dg.ScheduleDefinition(job=nightly, cron_schedule="30 2 * * *", execution_timezone="UTC")],
    sensors=[tell_failure],
)
