"""Rows that stand in two files of bills would count twice: the build names both files, whatever their format."""

from __future__ import annotations

import csv
import gzip
import io
import os
import random
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing import landed_files
from dbt_project.landing.landed_files import land
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.focus import FOCUS
from dbt_project.landing.sources.invoices import INVOICES
from dbt_project.landing.sources.litellm import LITELLM

Charges = list[dict[str, Any]]


def charge(day: int, number: int = 0, cost: str = "2.50") -> dict[str, str]:
    """A charge of a day of October of one resource."""
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ChargeCategory": "Usage",
        "ChargePeriodStart": f"2026-10-{day:02d} 00:00:00",
        "ChargePeriodEnd": f"2026-10-{day + 1:02d} 00:00:00",
        "BillingPeriodStart": "2026-10-01",
        "ResourceId": f"r{number}",
        "Tags": '{"team": "a", "env": "b"}',
    }


def as_csv(rows: Charges, names: list[str] | None = None, end: str = "\n") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, names or list(rows[0]), lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: Charges) -> bytes:
    """The same with types: amounts of twelve decimals, times with a zone, tags as a map."""
    content = io.BytesIO()
    typed = [
        row
        | {name: Decimal(row[name]).quantize(Decimal("1e-12")) for name in ("BilledCost", "EffectiveCost")}
        | {
            name: datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
            for name in ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart")
        }
        | {"Tags": [("env", "b"), ("team", "a")]}
        for row in rows
    ]
    table = pa.Table.from_pylist(typed)
    at = table.schema.get_field_index("Tags")
    tags = pa.array([row["Tags"] for row in typed], pa.map_(pa.string(), pa.string()))
    pq.write_table(table.set_column(at, "Tags", tags), content)
    return content.getvalue()


def problems_of(folder: Path, source: LandedSource = FOCUS, **contents: bytes) -> list[str]:
    """The problems of a folder with these files; a double underscore stands for the point in a name."""
    for name, content in contents.items():
        path = folder / "raw" / source.name / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return land(source, folder / "raw", folder / "landing", is_on=True)


ROWS = [charge(day, number) for day in (1, 2, 3) for number in range(3)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b__csv__gz", gzip.compress(as_csv(ROWS))),
        ("b__csv", as_csv(ROWS, end="\r\n")),
        ("b__csv", as_csv(ROWS, names=sorted(ROWS[0]))),
        ("b__csv", as_csv(ROWS[::-1])),
        ("b__csv", as_csv([row | {"BilledCost": "2.5"} for row in ROWS])),
        ("b__csv", b"\xef\xbb\xbf" + as_csv(ROWS).replace(b",2026-10-01,", b",2026-10-01T00:00:00Z,")),
        ("b__parquet", as_parquet(ROWS)),
    ],
)
def test_the_same_rows_in_another_form_are_the_same_content(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (problem,) = problems_of(tmp_path, a__csv=as_csv(ROWS), **{name: content})
    assert problem.startswith(f"{tmp_path / 'raw/focus' / name.replace('__', '.')}: has the same content as ")
    assert str(tmp_path / "raw/focus/a.csv") in problem
    # And again, as what was landed is still there.
    assert problems_of(tmp_path) == [problem]
    (tmp_path / "raw/focus/a.csv").unlink()
    assert problems_of(tmp_path) == []


def test_a_later_export_that_holds_the_earlier_one_is_named(tmp_path: Path) -> None:
    early = [charge(day, number) for day in range(1, 11) for number in range(3)]
    late = [charge(day, number) for day in range(1, 21) for number in range(3)]
    (problem,) = problems_of(tmp_path, a__csv=as_csv(early), b__parquet=as_parquet(late))
    assert problem.startswith(
        f"{tmp_path / 'raw/focus/b.parquet'}: 30 of its rows, of 2026-10-01 to 2026-10-10,"
    )
    assert f"stand in {tmp_path / 'raw/focus/a.csv'} too" in problem
    (tmp_path / "raw/focus/a.csv").unlink()
    assert problems_of(tmp_path) == []


def test_exports_that_share_some_days_are_named_though_the_last_day_was_revised(tmp_path: Path) -> None:
    week = [charge(day, number) for day in range(1, 8) for number in range(4)]
    next_week = [
        charge(day, number, "2.75" if day == 7 else "2.5") for day in range(6, 13) for number in range(4)
    ]
    (problem,) = problems_of(tmp_path, a__csv=as_csv(week), b__csv=as_csv(next_week))
    assert "4 of its rows, of 2026-10-06, stand in" in problem


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Daily files.
        ([charge(1), charge(1, 1)], [charge(2), charge(2, 1)]),
        # Free usage has nothing to count twice.
        ([charge(1, cost="0"), charge(1, 1)], [charge(1, cost="0.00"), charge(1, 2)]),
        # Parts of one export with equal rows in each: seats that cost the same.
        ([charge(1, 5)] * 3 + [charge(1, 1)], [charge(1, 5)] * 3 + [charge(1, 2)]),
        # One row of many that is the same by chance.
        ([charge(1, n) for n in range(9)], [charge(1, n) for n in range(8, 20)]),
        # The same usage with another amount is a correction.
        ([charge(1), charge(1, 1)], [charge(1, cost="-2.5"), charge(1, 1, "-2.5")]),
    ],
)
def test_files_that_were_written_apart_are_no_alarm(tmp_path: Path, one: Charges, other: Charges) -> None:
    assert problems_of(tmp_path, a__csv=as_csv(one), b__csv=as_csv(other)) == []


def test_files_without_rows_are_not_the_same_file_twice(tmp_path: Path) -> None:
    header = as_csv(ROWS).splitlines()[0]
    assert problems_of(tmp_path, a__csv=header, b__csv=header) == []
    names = b"request_id,spend,startTime,model,prompt_tokens,completion_tokens\n"
    assert problems_of(tmp_path, LITELLM, a__csv=names, b__csv=names) == []
    call = names + b"r,1,2026-10-01,m,1,1\n"
    (problem,) = problems_of(tmp_path, LITELLM, c__csv=call, d__csv=call)
    assert "has the same content as" in problem


def test_invoices_without_an_id_are_compared_and_those_with_one_are_not(tmp_path: Path) -> None:
    head = "provider,month,amount,currency,invoice_id\n"
    until_may = head + "".join(f"Acme,2026-0{month},{month}00,USD,{{}}\n" for month in (3, 4, 5))
    until_june = until_may + "Acme,2026-06,600,USD,{}\n"
    without = {
        "a__csv": until_may.format("", "", "").encode(),
        "b__csv": until_june.format("", "", "", "").encode(),
    }
    (problem,) = problems_of(tmp_path / "without", INVOICES, **without)
    assert "3 of its rows, of 2026-03-01 to 2026-05-01" in problem
    with_id = {"a__csv": until_may.format(*"123").encode(), "b__csv": until_june.format(*"1234").encode()}
    assert problems_of(tmp_path / "with", INVOICES, **with_id) == []


def test_a_file_that_changes_while_it_is_read_lands_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "raw" / "focus" / "a.csv"
    write = landed_files._write

    def write_and_change(target: Path, schema: pa.Schema, batches: Any, **how: bool) -> None:
        write(target, schema, batches, **how)
        if target.name != "contract.parquet":
            path.write_bytes(as_csv([*ROWS, charge(4)]))

    monkeypatch.setattr(landed_files, "_write", write_and_change)
    (problem,) = problems_of(tmp_path, a__csv=as_csv(ROWS))
    assert problem.startswith(f"{path}: changed while it was read")
    assert [file.name for file in (tmp_path / "landing/focus").iterdir()] == ["contract.parquet"]


def test_what_another_process_is_writing_is_left_alone_and_what_a_dead_one_left_is_not(
    tmp_path: Path,
) -> None:
    problems_of(tmp_path, a__csv=as_csv(ROWS))
    folder = tmp_path / "landing" / "focus"
    written = folder / f"x.{os.getpid()}.0a.partial"
    left = folder / "x.4194304000.0b.partial"
    for file in (written, left):
        file.touch()
    assert problems_of(tmp_path) == []
    assert written.exists()
    assert not left.exists()


def test_landing_at_the_same_time_gives_the_same_rows(tmp_path: Path) -> None:
    chance = random.Random(5)
    rows = [charge(chance.randrange(1, 28), number, str(number + 1)) for number in range(3000)]
    found: list[list[str]] = []
    problems_of(tmp_path, a__csv=as_csv(rows[:1500]))
    (tmp_path / "raw/focus/b.csv").write_bytes(as_csv(rows[1500:]))
    threads = [threading.Thread(target=lambda: found.append(problems_of(tmp_path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[]] * 4
    assert pq.read_table(tmp_path / "landing" / "focus").num_rows == 3000
