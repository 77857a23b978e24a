"""Options, reruns and interruptions."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.generator.conftest import ROOT, run_generator


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def small(tmp_path):
    def generate(name: str, *options: str) -> Path:
        out = tmp_path / name
        done = run_generator("--customers", "12", "--days", "5", "--out", str(out), *options)
        assert done.returncode == 0, done.stderr
        return out

    return generate


def test_same_seed_gives_the_same_bytes_on_any_number_of_processes(small):
    one = digests(small("one", "--workers", "1"))
    assert one == digests(small("three", "--workers", "3"))
    other = digests(small("other", "--seed", "43"))
    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one if name.startswith("calls"))


def test_a_rerun_leaves_unchanged_days_untouched_and_removes_days_outside_the_period(small):
    out = small("raw")
    before = {path: path.stat().st_mtime_ns for path in out.rglob("part-0.parquet")}
    small("raw")
    assert before == {path: path.stat().st_mtime_ns for path in out.rglob("part-0.parquet")}
    foreign = out / "calls" / "date=2026-10-27" / "mine.parquet"
    foreign.write_bytes(b"not the generator's")
    small("raw", "--days", "3")
    days = sorted(path.parent.name for path in out.rglob("part-0.parquet"))
    assert days == ["date=2026-10-29", "date=2026-10-30", "date=2026-10-31"]
    assert foreign.exists()
    assert not (out / "calls" / "date=2026-10-28").exists()


def test_calls_that_the_generator_did_not_write_are_not_overwritten(tmp_path):
    mine = tmp_path / "calls" / "date=2026-10-31" / "part-0.parquet"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    done = run_generator("--customers", "2", "--days", "1", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "did not write" in done.stderr
    assert mine.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["calls"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--customers", "0"), "--customers"),
        (("--customers", "many"), "--customers"),
        (("--days", "0"), "--days"),
        (("--end-date", "31.10.2026"), "--end-date"),
        (("--end-date", "2019-01-01"), "price"),
        (("--seed", "-1"), "--seed"),
        (("--workers", "-1"), "--workers"),
        (("--out", "/proc/nowhere"), "/proc/nowhere"),
        (("--colour", "red"), "--colour"),
        (("surplus",), "surplus"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(options, named):
    done = run_generator(*options)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert named in line


def test_quiet_but_for_one_line_where_nobody_watches(tmp_path):
    done = run_generator("--customers", "2", "--days", "2", "--out", str(tmp_path / "raw"))
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert "2 customers" in line


@pytest.mark.parametrize("days_written", [1, 15, 30])
def test_a_killed_run_leaves_the_earlier_one_whole_and_the_next_run_cleans_up(small, days_written):
    out = small("raw")
    before = digests(out)
    command = ["-m", "generator", "--customers", "400", "--days", "60", "--seed", "1", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    while len(list(out.glob("_incoming-*/calls/*/*.parquet"))) < days_written and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # The customers are written after the last call and moved after it: until then nothing was published.
    is_generating = any(out.glob("_incoming-*/calls")) and not any(out.glob("_incoming-*/customers.parquet"))
    after = {name: digest for name, digest in digests(out).items() if not name.startswith("_incoming")}
    assert after == before or not is_generating
    small("raw")
    assert digests(out) == before


def test_memory_does_not_grow_with_the_number_of_days(tmp_path):
    def peak_kb(days: int) -> int:
        program = (
            "import resource, sys; sys.argv[0] = 'generator'\n"
            "from generator.cli import main\n"
            "try:\n    main()\n"
            "finally:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
        )
        out = str(tmp_path / str(days))
        options = ["--customers", "150", "--workers", "1", "--days", str(days), "--out", out]
        done = subprocess.run(
            [sys.executable, "-c", program, *options], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return int(done.stderr)

    assert peak_kb(120) < 1.15 * peak_kb(10)
