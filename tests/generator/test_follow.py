"""A data set that grows: whole files, the same calls whatever interrupts it, an end at its size."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from generator.cli import app
from generator.errors import UsageError
from generator.following.follow import Pace
from tests.generator.conftest import ROOT

SMALL = ("--customers", "12", "--days", "12", "--file-calls", "100")
# The test suite kills three times, `FINOPS_KILLS=20 pytest -k kill` the rest.
KILLS = int(os.environ.get("FINOPS_KILLS", "3"))


@dataclass(frozen=True)
class Done:
    returncode: int
    said: str


def generate(*options: str) -> Done:
    """The command in this process: most of a small run is the start of one."""
    result = CliRunner().invoke(app, options)
    if isinstance(result.exception, UsageError):
        return Done(2, str(result.exception))
    if result.exception:
        raise result.exception
    return Done(0, result.output)


def follow(out: Path, *options: str) -> Done:
    return generate("--follow", *SMALL, "--out", str(out), *options)


def call_files(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.glob("calls/*/*.parquet"))
    }


def state(out: Path) -> dict[str, object]:
    return dict(json.loads((out / "_follow.json").read_text()))


def rows(out: Path, where: str = "true") -> set[str]:
    found = duckdb.sql(
        f"from read_parquet('{out}/calls/*/*.parquet', hive_partitioning = false) where {where}"
    )
    return set(map(repr, found.order("call_id").select("call_id, * exclude (call_id)").fetchall()))


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("grown") / "raw"
    done = follow(out, "--target-size", "300KB")
    assert done.returncode == 0, done.said
    return out


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same plan, carried out by the ordinary command."""
    out = tmp_path_factory.mktemp("at_once") / "raw"
    assert generate("--customers", "12", "--days", "12", "--workers", "1", "--out", str(out)).returncode == 0
    return out


def test_it_stops_with_the_file_that_reaches_the_target(grown: Path) -> None:
    told = state(grown)
    sizes = [path.stat().st_size for path in sorted(grown.glob("calls/*/*.parquet"))]
    assert told["state"] == "complete"
    assert told["written_bytes"] == sum(sizes) >= 300_000 > sum(sizes[:-1])
    assert told["files"] == len(sizes)
    newest = duckdb.sql(f"select count(*), max(timestamp) from '{grown}/calls/*/*.parquet'").fetchone()
    assert newest is not None
    assert told["calls"] == newest[0]
    assert told["simulated_until"] == f"{newest[1].isoformat()}+00:00"
    assert not list(grown.glob("_incoming*"))


def test_its_whole_days_are_those_of_the_ordinary_command(grown: Path, at_once: Path) -> None:
    last = str(state(grown)["simulated_until"])[:10]
    whole = f"timestamp < timestamp '{last}'"
    assert rows(grown, whole) == rows(at_once, whole)
    assert rows(grown) <= rows(at_once)
    assert (grown / "customers.parquet").read_bytes() == (at_once / "customers.parquet").read_bytes()


def test_a_period_that_is_over_says_so_and_its_truth_is_that_of_the_ordinary_command(
    at_once: Path, tmp_path: Path
) -> None:
    done = follow(tmp_path)
    assert done.returncode == 2
    assert "12 days" in done.said
    assert state(tmp_path)["state"] == "stopped"
    assert rows(tmp_path) == rows(at_once)
    for path in (at_once / "truth").iterdir():
        table = pq.read_table(path)
        assert len(table) > 0
        assert table == pq.read_table(tmp_path / "truth" / path.name)


def test_truth_counts_what_is_written_and_nothing_to_come(grown: Path) -> None:
    spent = duckdb.sql(
        f"select coalesce(sum(cost_usd), 0), count(*) from '{grown}/calls/*/*.parquet' where customer_id is null"
    ).fetchall()
    truth = f"'{grown}/truth/untagged_spend.parquet'"
    assert duckdb.sql(f"select sum(cost_usd), sum(calls) from {truth}").fetchall() == spent
    begun = duckdb.sql(f"select max(start_date) from '{grown}/truth/planted_anomalies.parquet'").fetchone()
    assert begun is not None
    assert str(begun[0]) <= str(state(grown)["simulated_until"])[:10]


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_run_continues_without_gaps_or_duplicates(grown: Path, tmp_path: Path, seed: int) -> None:
    wanted = call_files(grown)
    instants = sorted(random.Random(seed).sample(range(1, len(wanted)), 2))
    for files in instants:
        command = ["-m", "generator", "--follow", *SMALL, "--target-size", "300KB", "--out", str(tmp_path)]
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL)
        # By progress, not by the clock; somewhere in the writing of the next file.
        while len(list(tmp_path.glob("calls/*/*.parquet"))) < files and process.poll() is None:
            time.sleep(0.001)
        time.sleep(random.Random(seed + files).uniform(0, 0.004))
        process.send_signal(signal.SIGKILL)
        process.wait()
        there = call_files(tmp_path)
        assert there.items() <= wanted.items()
    assert follow(tmp_path, "--target-size", "300KB").returncode == 0
    assert call_files(tmp_path) == wanted
    assert (tmp_path / "truth" / "untagged_spend.parquet").read_bytes() == (
        grown / "truth" / "untagged_spend.parquet"
    ).read_bytes()


def test_ctrl_c_stops_between_files_and_another_pace_continues(grown: Path, tmp_path: Path) -> None:
    command = ["-m", "generator", "--follow", *SMALL, "--target-size", "300KB", "--rate", "1000"]
    process = subprocess.Popen(
        [sys.executable, *command, "--out", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    while len(list(tmp_path.glob("calls/*/*.parquet"))) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "the same command continues" in said
    assert state(tmp_path)["state"] == "stopped"
    assert state(tmp_path)["rate_calls_per_s"] == 1000
    assert follow(tmp_path, "--target-size", "300KB", "--speed-up", "1e9").returncode == 0
    assert call_files(tmp_path) == call_files(grown)


def test_a_larger_target_continues_a_complete_run(grown: Path, tmp_path: Path) -> None:
    assert follow(tmp_path, "--target-size", "100KB").returncode == 0
    assert state(tmp_path)["state"] == "complete"
    assert follow(tmp_path, "--target-size", "300KB").returncode == 0
    assert call_files(tmp_path) == call_files(grown)


def test_a_smaller_target_leaves_the_truth_of_what_is_there(grown: Path, tmp_path: Path) -> None:
    out = tmp_path / "raw"
    shutil.copytree(grown, out)
    assert follow(out, "--target-size", "100KB").returncode == 0
    assert state(out)["calls"] == state(grown)["calls"]
    for path in (grown / "truth").iterdir():
        assert (out / "truth" / path.name).read_bytes() == path.read_bytes()


def test_no_file_is_ever_half_written(tmp_path: Path) -> None:
    """What a reader's glob finds while files arrive can be read to its end, and customers are there first."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "generator",
            "--follow",
            *SMALL,
            "--out",
            str(tmp_path),
            "--target-size",
            "200KB",
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    read: set[Path] = set()
    while process.poll() is None:
        for path in set(tmp_path.glob("calls/date=*/*.parquet")) - read:
            assert pq.ParquetFile(path).read().num_rows > 0
            assert (tmp_path / "customers.parquet").is_file()
            read.add(path)
    assert len(read) > 10


def test_history_is_whole_days_as_the_ordinary_command_writes_them(at_once: Path, tmp_path: Path) -> None:
    done = follow(tmp_path / "grown", "--history-days", "5", "--target-size", "200KB")
    assert done.returncode == 0, done.said
    history = sorted((tmp_path / "grown").glob("calls/*/part-0.parquet"))
    assert len(history) == 5
    for path in history:
        assert path.read_bytes() == (at_once / path.relative_to(tmp_path / "grown")).read_bytes()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--seed", "43"), "seed 42, not 43"),
        (("--scenario", "burst"), "scenarios none, not burst"),
        (("--customers", "13"), "customers 12, not 13"),
        (("--file-calls", "50"), "file-calls 100, not 50"),
        (("--history-days", "1"), "history-days 0, not 1"),
        (("--rate", "0"), "--rate"),
        (("--rate", "5", "--speed-up", "2"), "--speed-up"),
        (("--target-size", "much"), "--target-size"),
    ],
)
def test_other_parameters_and_wrong_ones_are_refused(
    grown: Path, options: tuple[str, ...], named: str
) -> None:
    before = call_files(grown)
    done = follow(grown, *options)
    assert done.returncode == 2
    (line,) = done.said.splitlines()
    assert named in line
    assert call_files(grown) == before


def test_a_data_set_written_at_once_does_not_grow_but_replaces_one_that_grew(tmp_path: Path) -> None:
    assert follow(tmp_path, "--target-size", "20KB").returncode == 0
    assert (
        generate("--customers", "12", "--days", "3", "--workers", "1", "--out", str(tmp_path)).returncode == 0
    )
    assert {path.name for path in tmp_path.glob("calls/*/*")} == {"part-0.parquet"}
    assert not (tmp_path / "_follow.json").exists()
    done = follow(tmp_path)
    assert done.returncode == 2
    assert "does not grow" in done.said


@pytest.mark.parametrize(
    ("first", "began"),
    [
        (("--follow", *SMALL, "--rate", "50"), "calls/*/*.parquet"),
        (("--customers", "60", "--days", "40", "--workers", "2"), "_incoming-*/calls/*"),
    ],
    ids=["one that follows", "one of a whole data set"],
)
def test_two_generators_do_not_write_into_one_folder(
    first: tuple[str, ...], began: str, tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", *first, "--out", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    while not list(tmp_path.glob(began)):
        time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)
    for done in (
        follow(tmp_path),
        generate("--customers", "12", "--days", "3", "--workers", "1", "--out", str(tmp_path)),
    ):
        assert done.returncode == 2
        assert "another generator" in done.said
    process.send_signal(signal.SIGCONT)
    if "--follow" in first:
        process.terminate()
    assert process.wait(timeout=60) == 0
    # What the others began and left took nothing of it away.
    assert list(tmp_path.glob("calls/*/*.parquet")) and not list(tmp_path.glob("_incoming*"))


def test_the_pace_follows_calls_or_the_simulated_clock() -> None:
    assert Pace(calls_per_s=250).due_seconds(1000, timedelta(hours=9)) == 4
    assert Pace(speed_up=3600).due_seconds(1000, timedelta(hours=9)) == 9
    assert Pace().due_seconds(1000, timedelta(hours=9)) == 0
