"""Whatever happens to files, builds and variables: what is published is what a full refresh would publish.

Random sequences of files that come, change, go and return, of builds that end, fail, are killed or build a selection,
and of sources that are switched. `FINOPS_SEQUENCES=200 pytest -k sequence` runs a long campaign.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt.cli.main import dbtRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workspace import ROOT, Workspace

SEQUENCES = int(os.environ.get("FINOPS_SEQUENCES", "2"))
# What is built day by day or held against it, with what it needs of the seeds, which are built once.
DAILY = ["+fct_calls", "+fct_usage_daily", "+rpt_reconciliation", "+rejected_records", "+int_usage_slots"]
BELOW_THE_FILES = [
    "source:*+,+fct_calls", "source:*+,+fct_usage_daily", "source:*+,+rpt_reconciliation", "source:*+,+rejected_records",
    "int_call_files+,+fct_calls", "int_call_files+,+rpt_reconciliation", "int_raw_days", "int_days_priced_late",
    "int_usage_slots", "stg_raw__call_files",
]  # fmt: skip
DAYS = ("2025-07-01", "2026-10-01", "2026-10-02", "2026-10-03")
COMPARED = (
    "core.fct_usage_daily", "core.fct_calls", "core.rpt_reconciliation", "core.rejected_records",
    "intermediate.int_usage_slots", "intermediate.int_calls_duplicated", "intermediate.int_call_records_daily",
)  # fmt: skip


@dataclass
class Project:
    """A tiny warehouse, and dbt in processes of their own that begin with the project parsed."""

    workspace: Workspace
    manifests: dict[str, Any] = field(default_factory=dict)

    def run(self, *arguments: str, variables: dict[str, Any], kill_after: float | None = None) -> bool:
        """Run dbt; whether it succeeded. With `kill_after` it is killed then, if it still runs."""
        given = json.dumps(variables, sort_keys=True)
        if given not in self.manifests:
            parsed = dbtRunner().invoke(["--log-level", "none", "parse", *self._project(given)])
            assert parsed.success, parsed.exception
            self.manifests[given] = parsed.result
        command = ["--log-level", "none", *arguments, *self._project(given)]
        process = multiprocessing.get_context("fork").Process(
            target=_invoke, args=(self.manifests[given], command)
        )
        process.start()
        process.join(kill_after)
        if process.is_alive() and process.pid:
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        return process.exitcode == 0

    def _project(self, given: str) -> list[str]:
        return ["--project-dir", "dbt_project", "--vars", given]

    def published(self) -> dict[str, list[str]]:
        """Rows of the published tables, as text."""
        with duckdb.connect(str(self.workspace.published), read_only=True) as connection:
            return {
                name: sorted(map(repr, connection.execute(f"from {name}").fetchall())) for name in COMPARED
            }


def _invoke(manifest: Any, command: list[str]) -> None:
    result = dbtRunner(manifest=manifest).invoke(command)
    os._exit(0 if result.success else 1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Seeds and all that no file can change are built once; each sequence begins with a copy of it."""
    folder = tmp_path_factory.mktemp("sequences")
    workspace = Workspace(folder, folder / "target")
    patch = pytest.MonkeyPatch()
    patch.chdir(ROOT)
    for name in (
        "FINOPS_RAW_DIR",
        "FINOPS_WAREHOUSE_DIR",
        "DBT_TARGET_PATH",
        "DBT_LOG_PATH",
        "DBT_VERSION_CHECK",
    ):
        patch.setenv(name, workspace.env[name])
    write_calls(workspace.raw / "calls" / "date=2026-10-03" / "first.parquet", "2026-10-03", "first", 0)
    made = Project(workspace)
    assert made.run(
        "build",
        "--exclude-resource-type",
        "test",
        "unit_test",
        "--select",
        *DAILY,
        variables=variables({"calls"}),
    )
    shutil.copytree(workspace.warehouse_dir, folder / "template")
    yield made
    patch.undo()


def write_calls(path: Path, day: str, name: str, version: int) -> None:
    """Some calls of a day: of each version another number, cost and time of change, and now and then a record to refuse."""
    calls = range(2 + version)
    table = pa.table(
        {
            "call_id": [f"{name}-{number}" for number in calls],
            "timestamp": pa.array([datetime.fromisoformat(f"{day}T{9 + number:02}:00:00") for number in calls], pa.timestamp("us")),
            "provider": ["openai"] * len(calls),
            "model": ["gpt-4"] * len(calls),
            "input_tokens": [1000 * (version + 1) - (3000 if number == 3 else 0) for number in calls],
            "output_tokens": [10 * number for number in calls],
            "cost_usd": [f"0.{version + 1}{number}" for number in calls],
            "customer_id": ["c1"] * len(calls),
            "product_id": ["p"] * len(calls),
            "feature_id": ["f"] * len(calls),
            "task_type": ["chat"] * len(calls),
        }
    )  # fmt: skip
    _put(path, version, lambda partial: pq.write_table(table, partial))


def write_spend(path: Path, name: str, version: int) -> None:
    """A LiteLLM log with calls of three days."""
    rows = [
        "request_id,call_type,model,custom_llm_provider,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime"
    ]
    for number, day in enumerate(DAYS[:3]):
        rows.append(
            f"{name}-{number},acompletion,gpt-4,openai,0.{version + 1},110,100,10,{day} 10:0{version}:00,{day} 10:0{version}:05"
        )
    _put(path, version, lambda partial: partial.write_text("\n".join(rows) + "\n"))


def _put(path: Path, version: int, write: Any) -> None:
    """Bring a file as a careful writer does; a version that comes back is the same file to the second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}")
    write(partial)
    changed = datetime(2026, 11, 1, version, tzinfo=UTC).timestamp()
    os.utime(partial, (changed, changed))
    partial.replace(path)


def variables(sources: set[str], **others: Any) -> dict[str, Any]:
    # A selection is published where it says that it is all that can have changed; here it is.
    return {"sources": sorted(sources), "is_live_refresh": True, "accept_removed_days": True} | others


FILE = st.sampled_from(["a", "b"])
STEP = st.one_of(
    st.tuples(st.just("calls"), st.sampled_from(DAYS), FILE, st.integers(0, 2)),
    st.tuples(st.just("spend"), FILE, st.integers(0, 2)),
    st.tuples(st.just("remove"), st.sampled_from(["calls", "litellm"]), st.integers(0, 9)),
    st.tuples(st.just("switch")),
    st.tuples(st.just("tokens"), st.booleans()),
    st.tuples(st.just("run"), st.sampled_from(["all", "fct_usage_daily", "int_raw_days", "int_calls_rejected+1", "refresh"])),
    st.tuples(st.just("kill"), st.integers(0, 100)),
    st.tuples(st.just("build")),
)  # fmt: skip


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    derandomize=SEQUENCES < 10,
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEP, min_size=5, max_size=10))
def test_any_sequence_ends_where_a_full_refresh_ends(project: Project, steps: list[Any]) -> None:
    follow(project, steps)


SEQUENCES_KNOWN = [
    # A file that is replaced, built without publication and put back.
    [("calls", "2026-10-01", "a", 0), ("build",), ("calls", "2026-10-01", "a", 1), ("run", "all"),
     ("calls", "2026-10-01", "a", 0), ("build",)],
    # A day that came and went between two publications, seen by a run of one table only.
    [("build",), ("calls", "2026-10-02", "a", 1), ("run", "int_raw_days"), ("run", "fct_usage_daily"),
     ("remove", "calls", 0), ("build",)],
    # The calls are switched off, and with them every file of the days; then on again, with a late file of last year.
    [("spend", "a", 0), ("switch",), ("build",), ("switch",), ("calls", "2025-07-01", "a", 2), ("build",)],
]  # fmt: skip


@pytest.mark.parametrize("steps", SEQUENCES_KNOWN)
def test_sequences_that_once_went_wrong(project: Project, steps: list[Any]) -> None:
    follow(project, steps)


def follow(project: Project, steps: list[Any]) -> None:
    """Do the steps, and hold each publication against a build from nothing."""
    workspace = project.workspace
    shutil.rmtree(workspace.raw, ignore_errors=True)
    write_calls(workspace.raw / "calls" / "date=2026-10-03" / "first.parquet", "2026-10-03", "first", 0)
    begin_anew(project)
    state: dict[str, Any] = {"sources": {"calls"}, "others": {}}
    for step in [*steps, ("build",)]:
        do(project, step, state)


def do(project: Project, step: tuple[Any, ...], state: dict[str, Any]) -> None:
    raw = project.workspace.raw
    match step:
        case ("calls", day, name, version):
            write_calls(raw / "calls" / f"date={day}" / f"{name}.parquet", day, name, version)
        case ("spend", name, version):
            write_spend(raw / "litellm" / f"{name}.csv", name, version)
        case ("remove", folder, number):
            files = sorted(
                path for path in (raw / folder).rglob("*") if path.is_file() and path.name != "first.parquet"
            )
            if files:
                files[number % len(files)].unlink()
        case ("switch",):
            if any((raw / "litellm").glob("*.csv")):
                order = [{"calls"}, {"calls", "litellm"}, {"litellm"}]
                state["sources"] = order[(order.index(state["sources"]) + 1) % 3]
        case ("tokens", is_strict):
            state["others"] = {"max_tokens_per_call": 2500} if is_strict else {}
        case _:
            if not any((raw / "litellm").glob("*.csv")):
                state["sources"] = {"calls"}
            build(project, step, variables(state["sources"], **state["others"]))


def build(project: Project, step: tuple[Any, ...], given: dict[str, Any]) -> None:
    whole = [
        "build",
        "--exclude-resource-type",
        "unit_test",
        "--indirect-selection",
        "cautious",
        "--select",
        *BELOW_THE_FILES,
    ]
    match step:
        case ("run", "all"):
            project.run("run", "--select", *BELOW_THE_FILES, variables=given)
        case ("run", "refresh"):
            project.run("run", "--full-refresh", "--select", "fct_usage_daily", variables=given)
        case ("run", selected):
            project.run("run", "--select", selected, variables=given)
        case ("kill", when):
            project.run(*whole, variables=given, kill_after=random.Random(when).uniform(0.2, 6))
        case _:
            assert project.run(*whole, variables=given)
            incremental = project.published()
            with set_aside(project):
                assert project.run(*whole, "--full-refresh", variables=given)
                refreshed = project.published()
            for name, rows in refreshed.items():
                assert incremental[name] == rows, name


def begin_anew(project: Project) -> None:
    """The warehouse as the first build left it, in the place of the one at hand."""
    shutil.rmtree(project.workspace.warehouse_dir, ignore_errors=True)
    shutil.copytree(project.workspace.folder / "template", project.workspace.warehouse_dir)


@contextmanager
def set_aside(project: Project) -> Iterator[None]:
    """The same, for as long as the block lasts; then the one at hand is back."""
    kept = project.workspace.folder / "kept"
    project.workspace.warehouse_dir.rename(kept)
    begin_anew(project)
    yield
    shutil.rmtree(project.workspace.warehouse_dir)
    kept.rename(project.workspace.warehouse_dir)
