"""dbt on Spark with ANSI on: what is no number, or too large for its type, ends a build and is no null."""

from __future__ import annotations

from typing import Any

from dbt.adapters.spark.connections import SparkCredentials
from dbt.cli.main import dbtRunner, dbtRunnerResult

_ANSI = "spark.sql.ansi.enabled"


def run_dbt(arguments: list[str]) -> dbtRunnerResult:
    """Run a dbt command in this process."""
    keep_ansi_on()
    return dbtRunner().invoke(arguments)


def keep_ansi_on() -> None:
    """Undo that dbt-spark turns ANSI off, in a private place of it: its version is pinned."""
    turn_off = SparkCredentials.__post_init__

    def turn_on(credentials: Any) -> None:
        turn_off(credentials)
        credentials.server_side_parameters[_ANSI] = "true"

    SparkCredentials.__post_init__ = turn_on
