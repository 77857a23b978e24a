"""Columns of a customer file under names of their own, which the seed attribute_mappings knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dbt_project.landing import attribute_mappings, landed_files
from dbt_project.landing.sources.customers import CUSTOMERS

MAPPED = """\
source_name,attribute_name,target_column,priority
customers,Account id,customer_id,1
customers,Net MRR,monthly_fee,1
customers,Gross MRR,monthly_fee,2
customers,start of plan,signup_date,1
"""


def landed(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch, mapped: str = MAPPED
) -> tuple[list[str], list[dict[str, Any]]]:
    """The problems of landing a customer file with such a seed, and its rows."""
    seed = folder / "seeds" / "attribute_mappings.csv"
    seed.parent.mkdir(exist_ok=True)
    seed.write_text(mapped)
    monkeypatch.setattr(
        landed_files,
        "attribute_targets",
        lambda name, known: attribute_mappings.attribute_targets(name, known, seed),
    )
    (folder / "customers").mkdir(exist_ok=True)
    (folder / "customers" / "list.csv").write_text(text)
    problems = landed_files.land(CUSTOMERS, folder, folder / "landing", is_on=True)
    files = (folder / "landing" / "customers").glob("*.parquet")
    return problems, [row for file in files for row in pq.read_table(file).to_pylist()]


@pytest.mark.parametrize(
    ("header", "fee"),
    [
        ("Account Id,Net MRR,Start of Plan", "31"),
        (" ACCOUNT ID ,Gross MRR,start of plan ", "31"),
        # The better rank is read, and a mapped column before one that has the name itself.
        ("account id,Net MRR,start of plan,Gross MRR", "31"),
        ("account id,Net MRR,start of plan,monthly_fee", "31"),
        ("account id,Net MRR,start of plan,MRR", "31"),
        ("customer_id,fee,signup_date", "31"),
    ],
)
def test_columns_are_found_under_their_mapped_names(
    header: str, fee: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ",99" if header.count(",") == 3 else ""
    problems, rows = landed(tmp_path, f"{header}\nacme,31,2026-01-15{more}\n", monkeypatch)
    assert problems == []
    assert [(row["customer_id"], row["monthly_fee"], row["signup_date"][:10]) for row in rows] == [
        ("acme", fee, "2026-01-15")
    ]


def test_a_missing_column_says_how_to_map_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems, rows = landed(tmp_path, "Account,Net MRR,start of plan\nacme,31,2026-01-15\n", monkeypatch)
    assert rows == []
    assert len(problems) == 1
    assert "column customer_id is missing" in problems[0]
    assert "seed attribute_mappings which of them it is (customers,<its name>,customer_id,1)" in problems[0]


def test_a_mapping_to_no_column_stops_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problems, _ = landed(tmp_path, "a\n1\n", monkeypatch, MAPPED + "customers,Total,revenue,1\n")
    where = tmp_path / "seeds" / "attribute_mappings.csv"
    assert problems[0].startswith(f"{where}, line 6: revenue is not a column of customers")
