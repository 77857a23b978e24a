"""`python -m dbt_project.landing land`: lands without an engine, or says in one line what is wrong."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.schemas import CALL_SCHEMA
from tests.workspace import ROOT

LOG = "request_id,spend,startTime,model,prompt_tokens,completion_tokens\nr1,0.5,2026-10-20 09:00:00,gpt-4o,1,1\n"


def land(folder: Path, variables: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dbt_project.landing", "land", "--vars", variables]
    places = ["--raw", str(folder / "raw"), "--warehouse", str(folder / "warehouse")]
    return subprocess.run(
        [*command, *places, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "litellm").mkdir(parents=True)
    (tmp_path / "raw" / "litellm" / "a.csv").write_text(LOG)
    calls = tmp_path / "raw" / "calls" / "date=2026-10-20"
    calls.mkdir(parents=True)
    pq.write_table(CALL_SCHEMA.empty_table(), calls / "a.parquet")
    return tmp_path


def test_it_prints_the_folder_that_a_build_reads(folder: Path) -> None:
    done = land(folder, "sources: [calls, litellm]")
    assert (done.returncode, done.stderr) == (0, "")
    frozen = Path(done.stdout.strip())
    assert (frozen / "calls" / "date=2026-10-20" / "a.parquet").is_file()
    (landed,) = [path for path in (frozen / "litellm").iterdir() if path.name != "contract.parquet"]
    table: pa.Table = pq.ParquetFile(landed).read()
    assert table["partition_date"].to_pylist() == [date(2026, 10, 20)]
    # Every source can be read, on or off.
    assert (frozen / "helicone" / "contract.parquet").is_file()


def test_files_that_cannot_be_read_are_named_a_line_each(folder: Path) -> None:
    (folder / "raw" / "litellm" / "b.csv").write_text("a,b\n1,2\n")
    (folder / "raw" / "litellm" / "c.xlsx").write_text("")
    done = land(folder, "sources: [litellm]")
    assert (done.returncode, done.stdout) == (1, "")
    assert [line.split(": ")[0].rsplit("/")[-1] for line in done.stderr.splitlines()] == ["b.csv", "c.xlsx"]
    assert not (folder / "warehouse" / "build" / "frozen").exists()


@pytest.mark.parametrize(
    ("variables", "options", "said"),
    [
        ("sources: [fokus]", (), "variable sources is [fokus]; it takes a list"),
        ("source_kinds: {}", (), "it takes what dbt_project.yml registers"),
        ("sources", (), "give names and values"),
        ("{", (), "is not YAML"),
        ("{}", ("--folder", "x"), "No such option"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(
    folder: Path, variables: str, options: tuple[str, ...], said: str
) -> None:
    done = land(folder, variables, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_the_package_needs_no_engine() -> None:
    asked = "import sys, dbt_project.landing.command; print({'duckdb', 'dbt'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
