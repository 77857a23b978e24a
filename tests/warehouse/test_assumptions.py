"""Each number that a business assumes has one place, and is read by its name."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from tests.workspace import ROOT

SEEDS = ROOT / "dbt_project" / "seeds"
READERS = [
    *(ROOT / "dbt_project" / "models").rglob("*.sql"),
    *(ROOT / "dbt_project" / "macros").rglob("*.sql"),
    *(ROOT / "reports_builder").rglob("*.py"),
]
READ_BY_NAME = re.compile(r"assumption\(['\"](\w+)['\"]|(?<!\w)name = '(\w+)'")


def assumed() -> set[str]:
    with (SEEDS / "assumptions.csv").open(newline="") as file:
        return {row["name"] for row in csv.DictReader(file)}


def named_in(path: Path) -> set[str]:
    text = path.read_text()
    if path.suffix == ".py" and "seeds.assumptions" not in text:
        return set()
    return {first or second for first, second in READ_BY_NAME.findall(text)}


def test_what_is_read_is_assumed_and_what_is_assumed_is_read() -> None:
    with (SEEDS / "alert_rules.csv").open(newline="") as file:
        rules = list(csv.DictReader(file))
    named = {row[name] for row in rules for name in ("threshold_name", "at_risk_from_name")} - {""}
    for path in READERS:
        named |= named_in(path)
    assert assumed() == named


def test_no_second_seed_of_numbers_by_name() -> None:
    by_name = [
        path.name
        for path in SEEDS.glob("*.csv")
        if re.match(r"(\w+_)?name,(\w+_)?value,", path.read_text().partition("\n")[0])
    ]
    assert by_name == ["assumptions.csv"]
