"""A value that a seed cannot hold as it is written stops a build, by its file and line, before an engine rounds it."""

from __future__ import annotations

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dbt_project.landing.project import PROJECT
from dbt_project.landing.seed_values import seed_problems, value_problem

SEEDS = sorted((PROJECT / "seeds").glob("*.csv"))
WRONG = {
    "integer": ["5.7", "5,000", "1e3", "five", "3000000000"],
    "bigint": ["0.5", "9223372036854775808"],
    "double": ["nan", "1e999", "inf", "0,5", "1_000"],
    "boolean": ["maybe", "2", " true"],
    "date": [
        "2026-13-01",
        "2026-02-30",
        "26-10-01",
        "0026-10-01",
        "2026-10-01 12:00",
        "01/10/2026",
        "20261001",
    ],
    "timestamp": ["2026-10-01 25:00:00", "2026-10-01x12:00:00", "0026-10-01 12:00:00", "noon"],
    "decimal": ["NaN", "5e-2", "0,5", "1_000", "$5"],
}
RIGHT = {
    "integer": ["5", "-5", "5.0", " 5 "],
    "bigint": ["9223372036854775807"],
    "double": ["0.1", "-1e-3", ".5"],
    "boolean": ["true", "FALSE", "0"],
    "date": ["2026-10-31", "2026-1-5", "9999-12-31"],
    "timestamp": ["2026-10-01", "2026-10-01 12:00:00", "2026-10-01T12:00:00Z"],
    "decimal": ["0", "-0.10", " .5"],
}


def typed(path: Path) -> dict[str, str]:
    (declared,) = yaml.safe_load(path.with_suffix(".yml").read_text())["seeds"]
    return {name: kind for name, kind in declared["config"]["column_types"].items() if kind != "string"}


def wrong_values(kind: str) -> list[str]:
    if not kind.startswith("decimal"):
        return WRONG[kind]
    digits, places = map(int, kind.removeprefix("decimal(").removesuffix(")").split(","))
    return [*WRONG["decimal"], "1" + "0" * (digits - places), "0." + "0" * places + "5"]


@pytest.mark.parametrize("path", [path for path in SEEDS if typed(path)], ids=lambda path: path.stem)
def test_in_each_column_of_each_seed_a_value_that_it_cannot_hold_is_told_by_its_line(
    path: Path, tmp_path: Path
) -> None:
    shutil.copy(path.with_suffix(".yml"), tmp_path)
    header = path.read_text().partition("\n")[0].split(",")
    kinds = typed(path)
    rows = [(name, value) for name in header if name in kinds for value in wrong_values(kinds[name])]
    texts = [name for name in header if name not in kinds][:1]
    copy = tmp_path / path.name
    with copy.open("w", newline="") as file:
        lines = csv.writer(file)
        # An empty cell is none, and a text may go over two lines.
        lines.writerows([header, [""] * len(header), ["a\nb" if name in texts else "" for name in header]])
        lines.writerows([[value if each == name else "" for each in header] for name, value in rows])
    said = list(seed_problems([copy]))
    assert len(said) == len(rows)
    for number, ((name, value), problem) in enumerate(zip(rows, said, strict=True), 5 if texts else 4):
        told = f"{copy}, line {number}: {name} {value} cannot be read as {kinds[name]}: write "
        assert problem.startswith(told)


def test_what_a_column_can_hold_is_no_problem() -> None:
    for kind, values in RIGHT.items():
        for value in values:
            assert value_problem("x", value, "decimal(6,2)" if kind == "decimal" else kind) is None


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(sorted(RIGHT)), said=st.text("0123456789.-+eE :TZntrufals", min_size=1, max_size=20)
)
@example(kind="date", said="2026-1-5")
@example(kind="double", said="1e308")
def test_what_passes_an_engine_holds_as_it_is_written(kind: str, said: str) -> None:
    held_as = "decimal(9,4)" if kind == "decimal" else kind
    if not said.strip() or value_problem("x", said, held_as):
        return
    with duckdb.connect() as connection:
        ((held,),) = connection.execute(f"select try_cast($1 as {held_as})", [said]).fetchall()
    assert held is not None
    if kind in ("integer", "bigint", "decimal"):
        assert Decimal(said) == held


def test_the_shipped_seeds_can_be_held() -> None:
    assert list(seed_problems(SEEDS)) == []
