"""The nightly run as a DAG of Airflow 3: a task for each step, and word to the channels in the end.

``FINOPS`` is the command, in an environment of its own; ``FINOPS_COMPANY`` the folder of the company.
"""

import os
from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

FINOPS = os.environ.get("FINOPS", "/opt/finops/bin/finops")
COMPANY = os.environ.get("FINOPS_COMPANY", "/srv/finops")

with DAG(
    "finops_nightly",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="UTC"),
    catchup=False,
    # One build at a time: DuckDB has one writer.
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10)},
    tags=["finops"],
):

    def step(name: str, command: str, **options: object) -> BashOperator:
        """A task that runs a command of finops in the folder of the company."""
        return BashOperator(
            task_id=name,
            bash_command=f"{FINOPS} {command}",
            cwd=COMPANY,
            # The company's own .env is for its shells; here Airflow's environment counts.
            append_env=True,
            **options,
        )

    build = step("build", "build --log-format json", execution_timeout=timedelta(hours=4))
    report = step("report", "report")
    # Exit code 1 is a channel that was not reached: the next night tries again.
    alerts = step("alerts", "alerts", retries=0)
    # Its exit code 1 makes the run red where the build failed or figures are old.
    status = step("status", "status --notify", trigger_rule="all_done", retries=0)

    build >> report >> alerts >> status
