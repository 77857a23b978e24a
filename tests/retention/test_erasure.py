"""A customer's names go from the inputs and from what builds keep; ids, amounts and everybody else stay."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.schemas import CUSTOMER_SCHEMA
from reports_builder import cli
from reports_builder.compliance.audit import AuditLog
from reports_builder.errors import ReportError
from reports_builder.retention.erasing import erase, erased_customers, find

NAME, MAIL = "Ada Müller GmbH", "ada@example.com"
CSV = (
    "sep=;\ncustomer;name;mrr;start_date;Contact mail\n"
    f'acme;"{NAME}";"1.299,00";2026-01-05;{MAIL}\n'
    "other;Other;10,00;2026-01-05;other@example.com\n"
)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "customers").mkdir(parents=True)
    (folder / "billing").mkdir()
    (folder / "customers" / "a.csv").write_text(CSV, encoding="utf-8")
    (folder / "billing" / "b.csv.gz").write_bytes(
        gzip.compress(
            f"document_type,document_id,customer_id,document_date,amount,currency,buyer\n"
            f"invoice,I-1,acme,2026-10-01,5,USD,{NAME}\ninvoice,I-2,other,2026-10-01,7,USD,Other\n".encode()
        )
    )
    return folder


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    folder = tmp_path / "warehouse"
    folder.mkdir()
    return folder / "finops.duckdb"


def land(raw: Path, warehouse: Path) -> LandingFolder:
    landing = LandingFolder(warehouse.parent)
    landing.prepare()
    assert landing.land(raw, {"customers", "billing"}) == []
    landing.frozen.published(landing.freeze(raw).name)
    return landing


def landed(warehouse: Path, source: str) -> list[dict[str, object]]:
    rows = pq.read_table(warehouse.parent / "build" / "landing" / source).to_pylist()
    return sorted(rows, key=lambda row: str(row["line_number"]))


def everything(folder: Path) -> str:
    """All that files hold, unpacked."""
    parts = []
    for path in (each for each in folder.rglob("*") if each.is_file()):
        if path.suffix == ".parquet":
            parts.append(str(pq.ParquetFile(path).read().to_pylist()))
        content = path.read_bytes()
        parts.append(
            (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8", "replace")
        )
    return "\n".join(parts)


def test_names_go_everywhere_and_the_rest_stays(raw: Path, warehouse: Path) -> None:
    land(raw, warehouse)
    before = landed(warehouse, "customers"), landed(warehouse, "billing")
    assert NAME in everything(warehouse.parent)
    erased = erase(warehouse, raw, "acme")
    assert erased is not None and (erased.files, erased.rows) == (2, 2)
    assert erased_customers(warehouse) == [erased]
    # Before any build: neither in inputs nor in what builds keep.
    for gone in (NAME, MAIL):
        assert gone not in everything(raw)
        assert gone not in everything(warehouse.parent)
    text = (raw / "customers" / "a.csv").read_text(encoding="utf-8")
    assert "other;Other;10,00;2026-01-05;other@example.com" in text
    assert text.startswith(
        "sep=;\ncustomer;name;mrr;start_date;Contact mail\nacme;erased customer acme;1.299,00;"
    )
    land(raw, warehouse)
    after = landed(warehouse, "customers"), landed(warehouse, "billing")
    figures = ("customer_id", "monthly_fee", "signup_date", "amount", "document_id", "line_number")
    for then, now in zip(before[0] + before[1], after[0] + after[1], strict=True):
        assert {name: then.get(name) for name in figures} == {name: now.get(name) for name in figures}
    assert find(warehouse, raw, "acme").fields == ()


def test_raw_customers_lose_name_and_what_no_build_reads(raw: Path, warehouse: Path) -> None:
    rows = [
        {
            "customer_id": who,
            "customer_name": name,
            "monthly_fee": Decimal("99.50"),
            "signup_date": date(2026, 1, 5),
        }
        for who, name in (("acme", NAME), ("other", "Other"))
    ]
    table = pa.Table.from_pylist(rows, CUSTOMER_SCHEMA).append_column("phone", pa.array([555, 556]))
    pq.write_table(table, raw / "customers.parquet")
    erase(warehouse, raw, "acme")
    after = pq.read_table(raw / "customers.parquet")
    assert after.drop(["customer_name", "phone"]).equals(table.drop(["customer_name", "phone"]))
    assert after["customer_name"].to_pylist() == ["erased customer acme", "Other"]
    assert after["phone"].to_pylist() == [None, 556]


def test_a_killed_erasure_is_completed_by_the_next(
    raw: Path, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(raw, warehouse)
    real: Callable[..., Path] = Path.replace

    def dying(self: Path, target: Path) -> Path:
        if "b.csv" in self.name:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            erase(warehouse, raw, "acme")
    assert [each.path.name for each in find(warehouse, raw, "acme").fields] == ["b.csv.gz"]
    erase(warehouse, raw, "acme")
    assert NAME not in everything(raw) + everything(warehouse.parent)


def test_a_file_that_cannot_be_read_stops_it_before_anything_changes(raw: Path, warehouse: Path) -> None:
    (raw / "billing" / "broken.parquet").write_bytes(b"no parquet")
    before = (raw / "customers" / "a.csv").read_bytes()
    with pytest.raises(ReportError, match="cannot be looked through"):
        erase(warehouse, raw, "acme")
    assert (raw / "customers" / "a.csv").read_bytes() == before


def test_the_command_shows_first_and_the_log_does_not_name_whom(
    raw: Path,
    warehouse: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "page.md").write_text(f"| {NAME} |", encoding="utf-8")
    before = (raw / "customers" / "a.csv").read_bytes()

    def run(*arguments: str) -> str:
        places = ["--warehouse", str(warehouse), "--raw", str(raw), "--reports", str(reports)]
        monkeypatch.setattr(
            sys, "argv", ["reports_builder", "erase", "--customer", "acme", *places, *arguments]
        )
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        return capsys.readouterr().out

    assert "a.csv: Contact mail, name of 1 rows" in run()
    assert (raw / "customers" / "a.csv").read_bytes() == before
    assert str(reports / "page.md") in run("--yes")
    assert {event.action for event in AuditLog(warehouse).events()} == {"erase"}
