"""Readers see the last whole build, whatever happens to the next one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from pathlib import Path

import duckdb
import pytest

from dbt_project.landing.frozen_files import FrozenFiles
from dbt_project.plugins.publication import publish
from tests.workspace import BIN, Workspace

# Ten kills take minutes; the test suite takes one, `FINOPS_KILLS=10 pytest -k kill` the rest.
KILLS = int(os.environ.get("FINOPS_KILLS", "1"))
# What a selection builds is published as if it were all.
AS_ALL = ("--vars", "{is_live_refresh: true}")
# The models alone: the tests of data hold, and no seed changes.
MODELS = ("build", "--exclude-resource-type", "seed", "test", "unit_test", *AS_ALL)

RECONCILES = """
    select count(*) from core.rpt_reconciliation
    where difference_usd <> 0 or rows_read <> rows_accepted + rows_rejected + rows_duplicate
"""


def test_a_failing_test_keeps_the_old_warehouse(workspace: Workspace) -> None:
    before = workspace.published.read_bytes()
    # A record that no file has: read, and neither counted, refused nor a duplicate.
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")) as working:
        working.execute("update intermediate.int_call_records_daily set rows_read = rows_read + 1")
    # Two nodes, which would be published as if they were all: the second fails.
    done = workspace.dbt(
        "build", *AS_ALL, "--select", "rpt_reconciliation", "assert_every_record_read_is_accounted_for"
    )
    assert done.returncode != 0
    assert "Not published" in done.stdout
    assert workspace.published.read_bytes() == before
    attempt = json.loads((workspace.warehouse_dir / "attempt.json").read_text())
    assert attempt["outcome"] == "failed"
    assert attempt["problem"].startswith("The check assert_every_record_read_is_accounted_for found ")
    assert "`dbt show --project-dir dbt_project --select assert_every_record" in attempt["problem"]


def test_a_selection_is_not_published(workspace: Workspace) -> None:
    before = workspace.published.read_bytes()
    assert "Not published: only a selection" in workspace.build("--select", "dim_dates")
    assert workspace.published.read_bytes() == before


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_build_killed_at_any_instant_leaves_the_warehouse_whole(workspace: Workspace, seed: int) -> None:
    # Something to do for the build: half of the days have changed.
    for day in sorted((workspace.raw / "calls").iterdir())[::2]:
        for path in day.glob("*.parquet"):
            os.utime(path)
    before = workspace.query("select count(*), sum(billed_cost_usd) from core.fct_usage_daily")
    published = workspace.published.stat().st_ino
    killed = workspace.dbt(*MODELS, kill_after=random.Random(seed).uniform(0.5, 6))
    # On a quiet machine the build may be done before.
    assert killed.returncode in (-signal.SIGKILL, 0)
    assert (killed.returncode == 0) == (workspace.published.stat().st_ino != published)

    assert workspace.query(RECONCILES) == [(0,)]
    assert workspace.query("select count(*), sum(billed_cost_usd) from core.fct_usage_daily") == before
    assert workspace.dbt(*MODELS).returncode == 0
    assert workspace.query(RECONCILES) == [(0,)]
    assert workspace.query("select count(*), sum(billed_cost_usd) from core.fct_usage_daily") == before


def test_what_a_killed_build_still_copies_does_not_reach_the_next_publication(tmp_path: Path) -> None:
    working = tmp_path / "build" / "finops.duckdb"
    working.parent.mkdir()
    working.write_bytes(b"new")
    slot = tmp_path / "build" / "frozen" / "1"
    slot.mkdir(parents=True)
    # The process that copies outlives the build that started it.
    with (working.parent / "finops.duckdb.publishing").open("wb", buffering=0) as outliving:
        published = publish(working, tmp_path / "finops.duckdb", FrozenFiles(slot.parent), slot)
        outliving.write(b"old and longer")
    assert published.read_bytes() == b"new"


def test_an_open_shell_neither_blocks_a_build_nor_stops_answering(workspace: Workspace) -> None:
    shell = subprocess.Popen(
        [BIN / "duckdb", "-readonly", "-noheader", "-list", str(workspace.published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    assert shell.stdin is not None
    assert shell.stdout is not None

    def ask() -> str:
        shell.stdin.write("select sum(calls) from core.fct_usage_daily;\n")
        return str(shell.stdout.readline().strip())

    answer = ask()
    assert int(answer) > 0
    published = workspace.published.stat().st_ino
    workspace.build(*AS_ALL, "--select", "dim_dates")
    assert workspace.published.stat().st_ino != published
    assert ask() == answer
    shell.stdin.close()
    assert shell.wait(timeout=10) == 0
    shell.stdout.close()


def test_a_second_build_at_the_same_time_says_so(workspace: Workspace) -> None:
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")):
        done = workspace.dbt("build")
    assert done.returncode != 0
    assert "lock" in done.stdout
