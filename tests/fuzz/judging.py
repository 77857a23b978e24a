"""One harmed file, landed, and judged."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from dbt_project.landing.landed_files import land
from dbt_project.landing.source import LandedSource
from tests.fuzz import files

_ROWS = 5


@dataclass(frozen=True)
class Case:
    """A file of a source; ``rows`` is how many records it has, null where nobody can say."""

    source: LandedSource
    name: str
    content: bytes
    rows: int | None


def case_of(source: LandedSource, seed: int) -> Case:
    """The case with that number: the same each time."""
    chance = random.Random(f"{source.name} {seed}")
    if source.name == "otel":
        if chance.random() < 0.4:
            return Case(source, "a.binpb", files.otlp_messages(chance), None)
        content, is_json, rows = files.otlp_lines(chance), True, None
    else:
        is_json = files.is_json(source) and (chance.random() < 0.7 or ".csv" not in source.suffixes)
        records = files.records_of(source, _ROWS)
        if ".parquet" in source.suffixes and chance.random() < 0.25:
            content = (
                files.typed_parquet(source, chance)
                if chance.random() < 0.6
                else files.harm_bytes(files.as_parquet(records), chance)
            )
            return Case(source, "a.parquet", content, None)
        records = files.harm_values(records, chance, is_json=is_json)
        content = files.as_json_lines(records) if is_json else files.as_csv(records)
        # Few of the events that agents write are calls, and an answer of OpenCost may hold none.
        rows = None if source.name in ("coding_agents", "opencost") else _ROWS
    name = "a.jsonl" if is_json else "a.csv"
    match chance.randrange(4):
        case 0:
            return Case(source, name, files.harm_bytes(content, chance), None)
        case 1:
            return Case(source, f"{name}.gz", files.packed(content, chance), None)
        case _:
            return Case(source, name, content, rows)


def judge(case: Case, folder: Path) -> list[str]:
    """What is wrong with how a case was read; an exception where it was not read at all."""
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / "raw" / case.source.name / case.name
    path.parent.mkdir(parents=True)
    path.write_bytes(case.content)
    problems = land(case.source, folder / "raw", folder / "landing", is_on=True)
    wrong = [
        f"no reason, or not in one line: {problem[:300]!r}"
        for problem in problems
        if not _is_told(problem, path)
    ]
    landed = folder / "landing" / case.source.name
    wrong += [f"left behind: {each.name}" for each in landed.iterdir() if each.suffix != ".parquet"]
    rows = pq.read_table(landed, columns=["line_number"]).num_rows
    if problems and rows:
        wrong.append(f"rejected, and {rows} rows of it landed")
    if not problems and case.rows not in (None, rows):
        wrong.append(f"{case.rows} records, {rows} rows")
    return wrong


def _is_told(problem: str, path: Path) -> bool:
    return problem.startswith(f"{path}: ") and "\n" not in problem and problem.endswith(", then build again")
