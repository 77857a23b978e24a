"""How a column is written is told by all of its values: decimal commas, the order of day and month, currencies."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.customers import CUSTOMERS
from dbt_project.landing.sources.focus import FOCUS
from dbt_project.landing.sources.invoices import INVOICES
from dbt_project.landing.sources.litellm import LITELLM

CHARGE = {
    "BilledCost": "1",
    "EffectiveCost": "1",
    "ListUnitPrice": "1",
    "ConsumedQuantity": "1",
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-10-03",
    "ChargePeriodEnd": "2026-10-04",
    "BillingPeriodStart": "2026-10-01",
    "BillingPeriodEnd": "2026-11-01",
}
FEE = {"customer_id": "a", "monthly_fee": "100", "signup_date": "2026-01-31"}
CALL = {
    "request_id": "r",
    "spend": "0.5",
    "startTime": "2026-10-01 09:00:00",
    "model": "gpt-4o",
    "prompt_tokens": "10",
    "completion_tokens": "1",
}


def as_csv(base: dict[str, str], rows: list[dict[str, str]], separator: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, base, delimiter=separator)
    writer.writeheader()
    writer.writerows(base | row for row in rows)
    return text.getvalue()


def land_rows(
    folder: Path, source: LandedSource, base: dict[str, str], rows: list[dict[str, str]]
) -> tuple[list[str], list[dict[str, Any]]]:
    """The problems of a file with these rows, and what landed of it."""
    path = folder / "raw" / source.name / "a.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_csv(base, rows))
    problems = land(source, folder / "raw", folder / "landing", is_on=True)
    landed = pq.read_table(folder / "landing" / source.name).to_pylist()
    return [problem.removeprefix(f"{path}: ") for problem in problems], landed


def numbers(folder: Path, *values: str, column: str = "BilledCost", **others: str) -> list[str] | str:
    """The numbers that are read from a column with these values, or why its file is refused."""
    problems, landed = land_rows(folder, FOCUS, CHARGE, [others | {column: value} for value in values])
    return problems[0] if problems else [row[column] for row in landed]


@pytest.mark.parametrize(
    ("values", "read"),
    [
        # One value can only have a decimal comma.
        (("1,50", "1,500", "0,125", "1.234,56"), ["1.50", "1.500", "0.125", "1234.56"]),
        (("12,5", "(1,250)", "-3", "1,5E-7"), ["12.5", "-1.250", "-3", "0.00000015"]),
        (("1.234.567", "0,5", "1.500"), ["1234567", "0.5", "1500"]),
        # One value can only have a comma between thousands.
        (("1,234.56", "1,500"), ["1234.56", "1500"]),
        (("1,234,567", "1,500", "2"), ["1234567", "1500", "2"]),
        (("99.50", "1,500"), ["99.50", "1500"]),
        # Both are there: what is certain is read, what is not stays for staging to refuse.
        (("1,50", "2.5", "1,500", "1,234.56"), ["1,50", "2.5", "1,500", "1234.56"]),
        (("1,50", "0.25", "1.500"), ["1,50", "0.25", "1.500"]),
        # What no convention has.
        (("1'234.50", "1 234.50", "1 234,5"), ["1'234.50", "1 234.50", "1 234,5"]),
        # Nothing but plain numbers is never changed.
        (("1.500", "12.345"), ["1.500", "12.345"]),
    ],
)
def test_what_a_comma_is_shows_in_the_other_values(
    tmp_path: Path, values: tuple[str, ...], read: list[str]
) -> None:
    assert numbers(tmp_path, *values) == read


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (("1", "1,500"), 'line 3: BilledCost: "1,500" may be 1500 or 1.500, and no other value'),
        (("(2,000)",), 'line 2: BilledCost: "(2,000)" may be (2000) or (2.000)'),
        (("1,50", "1.500"), 'line 3: BilledCost: "1.500" may be 1500 or 1.500'),
    ],
)
def test_a_column_that_does_not_tell_refuses_its_file(
    tmp_path: Path, values: tuple[str, ...], problem: str
) -> None:
    found = numbers(tmp_path, *values)
    assert isinstance(found, str)
    assert found.startswith(problem)
    assert found.endswith("then build again")
    assert "\n" not in found


def test_the_columns_of_a_file_are_written_alike(tmp_path: Path) -> None:
    # The decimal comma of one column tells what that of the other is, ...
    assert numbers(tmp_path / "a", "1,500", ConsumedQuantity="0,5") == ["1.500"]
    # ... a decimal point elsewhere leaves no comma certain, but in a column with points of its own.
    assert numbers(tmp_path / "b", "1,50", "1,500", ListUnitPrice="0.25") == ["1,50", "1,500"]
    assert numbers(tmp_path / "c", "9.75", "1,500", ConsumedQuantity="0,5") == ["9.75", "1500"]


def test_a_count_has_no_fraction_and_so_its_comma_is_certain(tmp_path: Path) -> None:
    problems, landed = land_rows(
        tmp_path, LITELLM, CALL, [{"prompt_tokens": "1,500"}, {"prompt_tokens": "13.0"}]
    )
    assert problems == []
    assert [row["prompt_tokens"] for row in landed] == ["1500", "13"]
    _, landed = land_rows(
        tmp_path, LITELLM, CALL, [{"prompt_tokens": "13.5"}, {"completion_tokens": "0.5"}, {}]
    )
    assert [row["line_problem"] for row in landed] == ["tokens_malformed", "tokens_malformed", None]
    (problem,), _ = land_rows(tmp_path, LITELLM, CALL, [{"prompt_tokens": "1,000"}])
    assert 'prompt_tokens: "1,000" may be 1000 or 1.000' in problem


PERIODS = ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd")


def days(folder: Path, *periods: tuple[str, str, str, str]) -> list[str] | str:
    """The first days of charges with these periods, or why the file is refused."""
    rows = [dict(zip(PERIODS, period, strict=True)) for period in periods]
    problems, landed = land_rows(folder, FOCUS, CHARGE, rows)
    return (
        problems[0]
        if problems
        else [f"{row['ChargePeriodStart']} {row['BillingPeriodStart']}" for row in landed]
    )


@pytest.mark.parametrize(
    ("periods", "read"),
    [
        # The 13th of a month decides for the 3rd.
        (
            [("03/10/2026", "04/10/2026", "01/10/2026", "01/11/2026"), ("13/10/2026", "14/10/2026", "01/10/2026", "01/11/2026")],
            ["2026-10-03 00:00:00 2026-10-01 00:00:00", "2026-10-13 00:00:00 2026-10-01 00:00:00"],
        ),
        ([("10/3/2026", "10/4/2026", "10/1/2026", "10/31/2026")], ["2026-10-03 00:00:00 2026-10-01 00:00:00"]),
        # A billing period is a month in one order only.
        ([("4/1/25", "4/1/26", "4/1/25", "5/1/25")], ["2025-04-01 00:00:00 2025-04-01 00:00:00"]),
        ([("03.10.2026", "04.10.2026", "01.10.2026", "01.11.2026")], ["2026-10-03 00:00:00 2026-10-01 00:00:00"]),
        ([("03-10-2026 05:00", "03-10-2026 06:00 PM", "2026-10-01", "2026-11-01"), ("25-10-2026", "26-10-2026", "2026-10-01", "2026-11-01")],
         ["2026-10-03 05:00:00 2026-10-01 00:00:00", "2026-10-25 00:00:00 2026-10-01 00:00:00"]),
        # Day and month are the same.
        ([("10/10/2026", "11/11/2026", "2026-10-01", "2026-11-01")], ["2026-10-10 00:00:00 2026-10-01 00:00:00"]),
        # A column of two forms was not written by one hand; the rejected row keeps its text.
        (
            [("20/10/2026", "2026-10-21", "2026-10-01", "2026-11-01"), ("2026-10-03", "2026-10-04", "2026-10-01", "2026-11-01")],
            ["20/10/2026 2026-10-01 00:00:00", "2026-10-03 00:00:00 2026-10-01 00:00:00"],
        ),
    ],
)  # fmt: skip
def test_the_order_of_day_and_month_shows_in_the_file(
    tmp_path: Path, periods: list[tuple[str, str, str, str]], read: list[str]
) -> None:
    assert days(tmp_path, *periods) == read


@pytest.mark.parametrize(
    ("periods", "problem"),
    [
        (
            [("03/10/2026", "04/10/2026", "2026-10-01", "2026-11-01")],
            'line 2: ChargePeriodEnd: "04/10/2026" may be 10 April or 4 October, and no other date',
        ),
        # Two hands in a column that has dates of a certain form too.
        (
            [
                ("22/03/2026", "2026-03-23", "2026-03-01", "2026-04-01"),
                ("2026-03-03", "03/20/2026", "2026-03-01", "2026-04-01"),
            ],
            'line 2: ChargePeriodStart: "22/03/2026" has the day first, but line 3: ChargePeriodEnd: "03/20/2026"',
        ),
        (
            [("03/13/2026", "14/03/2026", "2026-03-01", "2026-04-01")],
            'line 2: ChargePeriodEnd: "14/03/2026" has the day first, but line 2: ChargePeriodStart: "03/13/2026"',
        ),
        (
            [("26-10-03", "26-10-04", "2026-10-01", "2026-11-01")],
            'line 2: ChargePeriodEnd: "26-10-04" may have its year first or last',
        ),
    ],
)
def test_dates_that_do_not_tell_their_order_refuse_the_file(
    tmp_path: Path, periods: list[tuple[str, str, str, str]], problem: str
) -> None:
    found = days(tmp_path, *periods)
    assert isinstance(found, str)
    assert found.startswith(problem)
    assert "write dates as YYYY-MM-DD" in found


def test_the_months_of_invoices_have_one_order_too(tmp_path: Path) -> None:
    base = {"provider": "OpenAI", "month": "", "amount": "3", "currency": "USD"}
    problems, landed = land_rows(tmp_path, INVOICES, base, [{"month": "05/10/2026"}, {"month": "31/10/2026"}])
    assert problems == []
    assert [row["month"] for row in landed] == ["2026-10-01", "2026-10-01"]
    (problem,), _ = land_rows(tmp_path, INVOICES, base, [{"month": "05/10/2026"}])
    assert problem.startswith('line 2: month: "05/10/2026" may be 10 May or 5 October')


@pytest.mark.parametrize("fee", ["$100", "100 USD", "US$ 100", "USD 100.00", "$ (-100)"])
def test_a_fee_in_dollars_is_read(tmp_path: Path, fee: str) -> None:
    problems, landed = land_rows(tmp_path, CUSTOMERS, FEE, [{"monthly_fee": fee}])
    assert problems == []
    assert abs(float(landed[0]["monthly_fee"])) == 100


@pytest.mark.parametrize("fee", ["€100", "100 €", "EUR 100", "100EUR", "£99.50", "C$100"])
def test_a_fee_with_the_sign_of_another_currency_is_refused_by_line(tmp_path: Path, fee: str) -> None:
    (problem,), landed = land_rows(tmp_path, CUSTOMERS, FEE, [{}, {"monthly_fee": fee}])
    assert problem.startswith(f'line 3: monthly_fee: "{fee}" is in ')
    assert "convert it first" in problem
    assert landed == []


def test_a_sign_that_contradicts_the_currency_of_a_charge_rejects_its_row(tmp_path: Path) -> None:
    rows = [
        {"BilledCost": "€5", "BillingCurrency": "USD"},
        {"BilledCost": "€5", "BillingCurrency": "EUR"},
        {"BilledCost": "$5", "BillingCurrency": "EUR"},
        {"BilledCost": "$5", "BillingCurrency": "CAD"},
        {"BilledCost": "5 USD", "BillingCurrency": "USD"},
        # Nobody says what this is in.
        {"BilledCost": "$5", "BillingCurrency": ""},
    ]
    problems, landed = land_rows(tmp_path, FOCUS, CHARGE, rows)
    assert problems == []
    assert [(row["BilledCost"], row["line_problem"]) for row in landed] == [
        ("€5", "currency_contradicted"),
        ("5", None),
        ("$5", "currency_contradicted"),
        ("5", None),
        ("5", None),
        ("5", None),
    ]
    assert '"BilledCost": "€5"' in landed[1]["raw_record"]


def test_a_quantity_has_no_currency(tmp_path: Path) -> None:
    assert numbers(tmp_path, "$5", column="ConsumedQuantity") == ["$5"]


def test_every_column_and_line_that_refuses_a_file_is_named_in_one_go(tmp_path: Path) -> None:
    rows = [
        {"monthly_fee": "1,500", "signup_date": "05/10/2026"},
        {"monthly_fee": "2,500", "churned_date": "26-10-03"},
        {"churned_date": "26-10-04"},
    ]
    problems, landed = land_rows(tmp_path, CUSTOMERS, FEE | {"churned_date": ""}, rows)
    assert landed == []
    assert [problem.split(" may ")[0] for problem in problems] == [
        'line 3: churned_date: "26-10-03"',
        'line 4: churned_date: "26-10-04"',
        'line 2: monthly_fee: "1,500"',
    ]
    problems, _ = land_rows(tmp_path, CUSTOMERS, FEE, [{"monthly_fee": "€1"}, {}, {"monthly_fee": "£2"}])
    assert [problem.split(" is in ")[0] for problem in problems] == [
        'line 2: monthly_fee: "€1"',
        'line 4: monthly_fee: "£2"',
    ]
