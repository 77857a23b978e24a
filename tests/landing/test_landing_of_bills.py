"""Files of other tools: how numbers, times and broken lines are read, and what stops a build."""

from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing import landed_files
from dbt_project.landing.fields.values import canonical_month, canonical_number, canonical_time
from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.billing import BILLING
from dbt_project.landing.sources.focus import FOCUS
from dbt_project.landing.sources.invoices import INVOICES

HEADER = (
    "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,"
    "BillingPeriodStart,BillingPeriodEnd,ProviderName"
)
LINE = "1.5,1.5,USD,Usage,2026-10-01,2026-10-02,2026-10-01,2026-11-01,X"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$10,000.00 ", "10000.00"),
        ("-$1,234.5", "-1234.5"),
        ("(3.20)", "-3.20"),
        ("8E-7", "0.0000008"),
        ("+.5", "0.5"),
        ("0.00000080000", "0.00000080000"),
        # Nobody may guess whether this comma is a decimal point.
        ("1,5", "1,5"),
        ("1.000,50", "1.000,50"),
        ("n/a", "n/a"),
        ("NaN", "NaN"),
        ("--5", "--5"),
    ],
)
def test_numbers_are_read_where_they_are_certain(text: str, number: str) -> None:
    assert canonical_number(text) == number


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-09-18 23:00:00", "2024-09-18 23:00:00"),
        ("2023-01-01T00:00:00Z", "2023-01-01 00:00:00"),
        ("2023-01-01T01:30:00+02:00", "2022-12-31 23:30:00"),
        ("5/1/25", "2025-05-01 00:00:00"),
        ("12/31/2025 06:00", "2025-12-31 06:00:00"),
        ("31/12/2025", "31/12/2025"),
        ("soon", "soon"),
    ],
)
def test_times_are_read_as_utc(text: str, moment: str) -> None:
    assert canonical_time(text) == moment


def test_months_are_read_from_a_month_or_any_of_its_days() -> None:
    assert [canonical_month(text) for text in ("2026-10", "2026-10-31", "10/3/26", "October")] == [
        "2026-10-01",
        "2026-10-01",
        "2026-10-01",
        "October",
    ]


def landed(folder: Path) -> list[dict[str, object]]:
    found = pq.read_table(folder / "landing" / "focus").to_pylist()
    return sorted(found, key=lambda row: (row["file_name"], row["line_number"]))


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def land_focus(folder: Path, *, is_on: bool = True) -> list[str]:
    return land(FOCUS, folder / "raw", folder / "landing", is_on=is_on)


def test_a_row_keeps_file_line_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    text = "\r\n".join(
        [HEADER, '1,NULL,"USD",Usage,a,b,c,"two\r\nlines",null', LINE, "", "1,2", LINE + ",more"]
    )
    put(tmp_path, "focus/a.csv", b"\xef\xbb\xbf" + text.encode())
    put(tmp_path, "focus/deep/b.csv.gz", gzip.compress(f"{HEADER}\n{LINE}\n".encode()))
    assert land_focus(tmp_path) == []
    rows = landed(tmp_path)
    assert [(row["file_name"], row["line_number"], row["line_problem"]) for row in rows] == [
        ("focus/a.csv", 2, None),
        ("focus/a.csv", 4, None),
        ("focus/a.csv", 6, "fields_too_few"),
        ("focus/a.csv", 7, "fields_too_many"),
        ("focus/deep/b.csv.gz", 2, None),
    ]
    assert (rows[0]["BilledCost"], rows[0]["EffectiveCost"], rows[0]["ProviderName"]) == ("1", None, None)
    assert '"field 10": "more"' in str(rows[3]["raw_record"])


def test_parquet_reads_as_csv_does(tmp_path: Path) -> None:
    table = pa.table(
        {
            "billedcost": pa.array([Decimal("0.00000080000")]),
            "EffectiveCost": [8e-7],
            "ChargeCategory": ["Usage"],
            "ChargePeriodStart": pa.array([datetime(2026, 10, 1)], pa.timestamp("us", tz="UTC")),
            "ChargePeriodEnd": ["2026-10-02"],
            "BillingPeriodStart": ["2026-10-01"],
            "Tags": pa.array([[("team", "a")]], pa.map_(pa.string(), pa.string())),
        }
    )
    path = tmp_path / "raw" / "focus" / "a.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(table, path)
    assert land_focus(tmp_path) == []
    row = landed(tmp_path)[0]
    assert (row["BilledCost"], row["EffectiveCost"]) == ("0.00000080000", "0.0000008")
    assert (row["ChargePeriodStart"], row["Tags"]) == ("2026-10-01 00:00:00", '{"team": "a"}')


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"Date,Cost\n1,2\n", "is not a file of FOCUS charges: column BilledCost, "),
        ("a.csv", b"", "is empty"),
        ("a.csv", f"{HEADER},billedcost\n".encode(), "column BilledCost stands in it twice"),
        ("a.csv", f'{HEADER}\n{LINE}\n"unclosed'.encode(), "line 3 is not CSV"),
        ("a.csv", f"{HEADER}\n".encode() + b"\xff\xfe\n", "is not UTF-8"),
        ("a.csv.gz", gzip.compress(HEADER.encode(), mtime=0)[:-9], "is not a whole gzip file"),
        ("a.csv.gz", b"plain", "is not a whole gzip file"),
        ("a.parquet", b"PAR1", "is not a readable Parquet file"),
        ("a.xlsx", b"", "are read from .csv, .csv.gz, .parquet files"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_named_with_the_reason(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    path = put(tmp_path, f"focus/{name}", content)
    (found,) = land_focus(tmp_path)
    assert found.startswith(f"{path}: ")
    assert problem in found
    assert landed(tmp_path) == []


def test_the_same_file_twice_does_not_count_twice(tmp_path: Path) -> None:
    for name in ("a.csv", "copy of a.csv"):
        put(tmp_path, f"focus/{name}", f"{HEADER}\n{LINE}\n".encode())
    (found,) = land_focus(tmp_path)
    assert "has the same content as" in found


def test_changed_and_removed_files_and_a_source_that_is_off_leave_nothing_behind(tmp_path: Path) -> None:
    path = put(tmp_path, "focus/a.csv", f"{HEADER}\n{LINE}\n".encode())
    land_focus(tmp_path)
    (first,) = (file for file in (tmp_path / "landing/focus").iterdir() if file.name != "contract.parquet")
    land_focus(tmp_path)
    assert first.is_file()
    path.write_text(f"{HEADER}\n{LINE}\n{LINE}\n")
    land_focus(tmp_path)
    assert len(landed(tmp_path)) == 2
    land_focus(tmp_path, is_on=False)
    assert landed(tmp_path) == []
    path.unlink()
    assert land_focus(tmp_path) == []
    assert landed(tmp_path) == []


def test_invoices_land_by_their_own_columns(tmp_path: Path) -> None:
    put(tmp_path, "invoices/a.csv", b'Provider,Month,Amount,Currency\nOpenAI,2026-10,"$1,400.00",USD\n')
    assert land(INVOICES, tmp_path / "raw", tmp_path / "landing", is_on=True) == []
    row = pq.read_table(tmp_path / "landing" / "invoices").to_pylist()[0]
    assert (row["provider"], row["month"], row["amount"]) == ("OpenAI", "2026-10-01", "1400.00")


def test_billing_of_customers_lands_under_the_names_of_other_tools(tmp_path: Path) -> None:
    put(
        tmp_path,
        "billing/a.csv",
        b'Type,Number,Customer,Date,Total,CCY\nInvoice,7,acme,10/31/2026,"$1,400.00",USD\n',
    )
    assert land(BILLING, tmp_path / "raw", tmp_path / "landing", is_on=True) == []
    row = pq.read_table(tmp_path / "landing" / "billing").to_pylist()[0]
    assert (row["document_type"], row["document_id"], row["customer_id"]) == ("Invoice", "7", "acme")
    assert (row["document_date"][:10], row["amount"], row["currency"]) == ("2026-10-31", "1400.00", "USD")


def test_a_file_lands_anew_after_an_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "raw" / "focus"
    raw.mkdir(parents=True)
    (raw / "bill.csv").write_text(f"{HEADER}\n{LINE}\n")
    folder = tmp_path / "landing" / "focus"

    def names() -> set[str]:
        assert land(FOCUS, tmp_path / "raw", tmp_path / "landing", is_on=True) == []
        return {path.name for path in folder.glob("*.parquet")} - {"contract.parquet"}

    before = names()
    assert names() == before
    monkeypatch.setattr(landed_files, "_code", lambda: "another version")
    after = names()
    assert len(after) == 1
    assert not after & before
