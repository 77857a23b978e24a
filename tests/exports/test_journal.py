"""Journals balance to the cent and are what the ledgers of others take, byte for byte where an example is there."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_builder.errors import ReportError
from reports_builder.exports.cents import CENT, in_cents
from reports_builder.exports.formats import formats, writer_of
from reports_builder.exports.journal import (
    ACCRUAL,
    CHARGEBACK,
    Account,
    Journal,
    journal_of,
    read_accrual,
    read_billed,
)
from reports_builder.warehouse import open_warehouse
from tests.real_files import real_file
from tests.reports.warehouse_fixture import build_warehouse, columns_of

MAY = date(2026, 5, 1)
PAYABLE = Account("2100", "Accrued cloud")
SAMPLES = {
    "quickbooks": "sample_quickbooks_online.csv",
    "iif": "sample.iif",
    "xero": "sample_xero.csv",
    "netsuite": "sample_netsuite.csv",
    "beancount": "sample.beancount",
    "hledger": "sample.journal",
}
# Tools that are not of the project: a folder of programs may be named for them.
TOOLS = os.pathsep.join((os.environ.get("FINOPS_TOOLS", ""), os.environ["PATH"]))


@pytest.fixture(scope="module")
def sample() -> Journal:
    folder = real_file("ledger_formats")
    with (folder / "sample_allocation.csv").open(newline="") as file:
        amounts = [
            (Account(row["account_code"], row["account"]), row["cost_centre"], Decimal(row["amount"]))
            for row in csv.DictReader(file)
        ]
    return journal_of(amounts, PAYABLE, MAY, CHARGEBACK)


def hostile() -> Journal:
    amounts = [
        (Account("6100", "Cloud:Compute"), "=cmd|' /C calc'!A0", Decimal("10.005")),
        (Account("6100", 'Cloud:"Q" \\; x'), "@sum; a, b\t\nc", Decimal("-3.005")),
        (Account("6100", "cloud:GPU  team"), "-1+2", Decimal("0.001")),
    ]
    return journal_of(amounts, PAYABLE, MAY, CHARGEBACK)


def test_cents_sum_to_the_whole_where_each_rounded_alone_would_not(sample: Journal) -> None:
    expected = json.loads((real_file("ledger_formats") / "sample_expected.json").read_text())
    booked = {line.account.name: str(line.amount) for line in sample.expenses}
    assert booked == expected["rounded"]
    assert str(sample.total) == expected["sum"] != expected["naive_half_up_sum"]


@given(st.lists(st.decimals(-(10**9), 10**9, places=12), max_size=30))
def test_cents_are_near_and_sum_to_the_rounded_sum(amounts: list[Decimal]) -> None:
    cents = in_cents(amounts)
    assert abs(sum(cents) - sum(amounts)) <= CENT / 2
    assert all(abs(cent - amount) < CENT for cent, amount in zip(cents, amounts, strict=True))


@pytest.mark.parametrize(("name", "file"), SAMPLES.items())
def test_the_formats_are_those_of_the_examples(name: str, file: str, sample: Journal) -> None:
    expected = (real_file("ledger_formats") / file).read_bytes().replace(b"\r\n", b"\n")
    assert writer_of(name, None)(sample) == expected


@pytest.mark.parametrize("name", formats())
def test_every_format_balances_and_runs_no_formula(name: str) -> None:
    written = writer_of(name, None)(hostile()).decode()
    cells = [
        cell
        for row in csv.reader(io.StringIO(written), delimiter="\t" if name == "iif" else ",")
        for cell in row
    ]
    if name in ("quickbooks", "xero", "netsuite"):
        assert not [cell for cell in cells if cell[:1] in ("=", "@", "+") or cell.startswith("-1+")]
        assert "'=cmd|' /C calc'!A0" in cells
    if name == "xero":
        amounts = [Decimal(row["*Amount"]) for row in csv.DictReader(io.StringIO(written))]
        assert sum(amounts) == 0
        # A credit is a number, and no text that is defused.
        assert min(amounts) < 0
    if name == "quickbooks":
        rows = list(csv.DictReader(io.StringIO(written)))
        debits, credits_ = (
            sum(Decimal(row[side]) for row in rows if row[side]) for side in ("Debits", "Credits")
        )
        assert debits == credits_ == Decimal("10.01")


@pytest.mark.parametrize(
    ("tool", "name", "options"), [("bean-check", "beancount", []), ("hledger", "hledger", ["check", "-s"])]
)
def test_the_ledgers_own_tools_accept_them(
    tool: str, name: str, options: list[str], sample: Journal, tmp_path: Path
) -> None:
    program = shutil.which(tool, path=TOOLS)
    if program is None:
        pytest.skip(f"{tool} is not installed: put it on the path, or name its folder in FINOPS_TOOLS")
    for number, journal in enumerate((sample, hostile())):
        path = tmp_path / f"{number}.{'beancount' if name == 'beancount' else 'journal'}"
        path.write_bytes(writer_of(name, None)(journal))
        if name == "hledger":
            # Strict checks want accounts and the currency declared, which a chart of accounts does elsewhere.
            declared = subprocess.run(
                [program, "-f", path, "accounts"], capture_output=True, text=True, check=True
            )
            head = "".join(f"account {account}\n" for account in declared.stdout.splitlines())
            path.write_text(f"commodity 1,000.00 USD\n{head}\n" + path.read_text())
            command = [program, "-f", str(path), *options]
        else:
            command = [program, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_lines_of_one_account_and_centre_are_one_and_lines_without_a_cent_go() -> None:
    account = Account("1", "A")
    journal = journal_of(
        [
            (account, "x", Decimal("0.004")),
            (account, "x", Decimal("0.003")),
            (account, "y", Decimal("0.001")),
        ],
        PAYABLE,
        date(2026, 12, 1),
        ACCRUAL,
    )
    assert [(line.cost_centre, line.amount) for line in journal.expenses] == [("x", Decimal("0.01"))]
    assert (journal.day, journal.total) == (date(2026, 12, 31), Decimal("0.01"))


def test_a_layout_of_ones_own_says_columns_order_and_formats(tmp_path: Path, sample: Journal) -> None:
    layout = tmp_path / "sap.yml"
    layout.write_text(
        'delimiter: ";"\ndate_format: "%d.%m.%Y"\ndecimal_mark: ","\ndebit_word: S\ncredit_word: H\n'
        'columns: {Konto: "{account_code}", BuKr: 1000, SH: "{side}", Betrag: "{absolute_amount}", Datum: "{date}"}\n'
    )
    lines = writer_of("", layout)(sample).decode().splitlines()
    assert lines[0] == "Konto;BuKr;SH;Betrag;Datum"
    assert lines[1] == "6100;1000;S;1200,35;31.05.2026"
    assert lines[-1] == "2100;1000;H;3801,00;31.05.2026"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("columns: {A: '{amout}'}", "there is no {amout}"),
        ("columns: {A: '{amount.__class__}'}", "there is no {amount.__class__}"),
        ("columns: {A: '{amount!r:>9}'}", "there is no"),
        ("columns: {A: '{amount'}", "column A"),
        ("collumns: {A: x}", "lists no columns"),
        ("columns: {A: x}\ndate: iso", "says date"),
        ("columns: {A: x}\ndelimiter: '||'", "delimiter is one character"),
        ("columns: [", "is not YAML"),
    ],
)
def test_a_layout_that_says_nonsense_is_refused(content: str, said: str, tmp_path: Path) -> None:
    layout = tmp_path / "own.yml"
    layout.write_text(content)
    with pytest.raises(ReportError, match=said.replace("{", r"\{").replace("}", r"\}")):
        writer_of("", layout)


def test_what_the_target_does_not_take_is_refused() -> None:
    many = journal_of([(Account("1", "A"), f"c{n}", Decimal(1)) for n in range(300)], PAYABLE, MAY, ACCRUAL)
    with pytest.raises(ReportError, match="301 lines and the target takes 300"):
        writer_of("xero", None)(many)
    with pytest.raises(ReportError, match="there is no format sage"):
        writer_of("sage", None)
    with pytest.raises(ReportError, match="give either"):
        writer_of("", None)


BOOKED = {
    "allocation.rpt_chargebacks_monthly": """
        (month_start_date, team_id, cost_centre, charging_method, allocated_cost_usd, charged_cost_usd, is_partial_month) values
        ('2026-10-01', 'a', 'CC-1', 'chargeback', 60.004, 60.004, false),
        ('2026-10-01', 'b', 'CC-1', 'chargeback', 20.004, 20.004, false),
        ('2026-10-01', 'c', 'CC-2', 'showback', 15, 0, false),
        ('2026-10-01', 'unallocated', 'unallocated', 'showback', 5, 0, false),
        ('2026-11-01', 'a', 'CC-1', 'chargeback', 60, 60, true),
        ('2026-08-01', 'c', 'CC-2', 'showback', 60, 0, false)""",
    "allocation.rpt_owner_costs_monthly": """
        (month_start_date, rollup_level, cost_centre, ai_cost_usd, storage_cost_usd, is_partial_month) values
        ('2026-10-01', 'cost_centre', 'CC-1', 80, 0.008, false), ('2026-10-01', 'cost_centre', 'CC-2', 0, 15, false),
        ('2026-10-01', 'cost_centre', 'unallocated', 5, 0, false)""",
    "seeds.ledger_accounts": """
        values ('ai', '6120', 'LLM'), ('storage', '6130', 'Storage'), ('unallocated', '6190', 'Nobody'),
        ('payable', '2100', 'Owed'), ('charged', '6195', 'Charged'), ('recovered', '6199', 'Recovered')""",
}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A warehouse with an October that bills one cost centre of two, and a November that has begun."""
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        for table, rows in BOOKED.items():
            columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
            connection.execute(f"create or replace table {table} ({columns})")
            connection.execute(f"insert into {table} {rows}")
    return path


def test_the_accrual_books_all_cost_and_a_chargeback_what_is_billed(books: Path) -> None:
    with open_warehouse(books) as warehouse:
        accrual, billed = (
            read_accrual(warehouse, date(2026, 10, 1)),
            read_billed(warehouse, date(2026, 10, 1)),
        )
    assert (accrual.number, accrual.narration) == ("AC-2026-10", "Accrual of cloud and AI cost")
    assert (accrual.total, accrual.against.account.name) == (Decimal("100.01"), "Owed")
    assert (billed.number, billed.narration) == ("CB-2026-10", "Cloud chargeback")
    lines = [(line.account.name, line.cost_centre, line.amount) for line in billed.lines]
    assert lines == [
        ("Charged", "CC-1", Decimal("80.01")),
        ("Recovered", "", Decimal("-80.01")),
    ]


def test_a_month_that_bills_nobody_or_is_not_over_is_not_booked(books: Path) -> None:
    with open_warehouse(books) as warehouse:
        for month, said in (
            ((2026, 8), "nothing to book in 2026-08"),
            ((2026, 11), "does not hold the whole of 2026-11"),
        ):
            with pytest.raises(ReportError, match=said):
                read_billed(warehouse, date(*month, 1))
