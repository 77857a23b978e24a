"""The FOCUS export: columns, nulls, allowed values, periods and unit prices; the published rules; hostile names."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from reports_builder.errors import ReportError
from reports_builder.exports.focus import Export, as_csv, as_parquet, focus_row, read_export, write_export
from reports_builder.warehouse import open_warehouse
from tests.real_files import real_file
from tests.reports.focus_rules import RuleModel
from tests.workspace import Workspace

MANDATORY = {
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd"),
    *("BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd"),
    *("ChargePeriodStart", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost"),
    *("PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName"),
}
NULLABLE = {"BillingAccountName", "ChargeClass", "InvoiceId", "x_EstimatedColumns"}
# What usage of models by token has of what the rules make conditional.
SUPPORTED = frozenset(
    {
        "PUBLIC_PRICE_LIST_SUPPORTED",
        "UNIT_PRICING_SUPPORTED",
        "USAGE_MEASUREMENT_SUPPORTED",
        "NEGOTIATED_PRICING_SUPPORTED",
        "MULTIPLE_PRICING_CATEGORIES_SUPPORTED",
    }
)

CHARGE: dict[str, Any] = {
    "charge_period_start_at": datetime(2026, 10, 31),
    "charge_period_end_at": datetime(2026, 11, 1),
    "billing_period_start_date": date(2026, 10, 1),
    "billing_period_end_date": date(2026, 11, 1),
    "provider_name": "OpenAI",
    "publisher_name": "OpenAI",
    "host_provider_name": "OpenAI",
    "billing_account_id": "default",
    "service_category": "AI and Machine Learning",
    "service_subcategory": "Generative AI",
    "service_name": "OpenAI API",
    "charge_category": "Usage",
    "charge_description": "gpt-4, standard: input tokens",
    "sku_id": "openai/gpt-4/standard/input",
    "sku_meter": "input tokens",
    "sku_price_id": "openai/gpt-4/standard/input@2024-01-01 00:00:00",
    "model": "gpt-4",
    "service_tier": "standard",
    "token_class": "input",
    "pricing_category": "Standard",
    "consumed_quantity": Decimal(1000),
    "consumed_unit": "Tokens",
    "billing_currency": "USD",
    "list_unit_price_usd": Decimal("0.00003"),
    "contracted_unit_price_usd": Decimal("0.00002"),
    "billed_cost_usd": Decimal("0.025"),
    "effective_cost_usd": Decimal("0.02"),
    "list_cost_usd": Decimal("0.03"),
    "contracted_cost_usd": Decimal("0.02"),
}


@pytest.fixture(scope="module")
def exported(built: Workspace) -> Export:
    with open_warehouse(built.published) as warehouse:
        return read_export(warehouse, date(2026, 10, 1))


@pytest.fixture(scope="module")
def rows(exported: Export) -> list[dict[str, str | None]]:
    """The rows as any reader of the CSV sees them."""
    text = io.StringIO(as_csv(exported.rows).decode())
    return [{name: value or None for name, value in row.items()} for row in csv.DictReader(text)]


def test_mandatory_columns_are_there_and_filled(rows: list[dict[str, str | None]]) -> None:
    assert len(rows) > 500
    assert not MANDATORY - rows[0].keys()
    assert {"ServiceProviderName", "HostProviderName"} <= rows[0].keys()
    for row in rows:
        assert {name for name, value in row.items() if value is None} <= NULLABLE


def test_values_are_those_that_the_specification_allows(rows: list[dict[str, str | None]]) -> None:
    for row in rows:
        assert row["ChargeCategory"] == "Usage"
        assert row["ChargeFrequency"] == "Usage-Based"
        assert row["PricingCategory"] == "Standard"
        assert row["ServiceCategory"] == "AI and Machine Learning"
        assert row["ServiceSubcategory"] == "Generative AI"
        assert row["BillingCurrency"] == "USD"
        assert row["PricingUnit"] in ("Tokens", "Units")


def test_a_charge_is_a_day_within_the_calendar_month_of_its_bill(rows: list[dict[str, str | None]]) -> None:
    assert {row["BillingPeriodStart"] for row in rows} == {"2026-10-01T00:00:00Z"}
    assert {row["BillingPeriodEnd"] for row in rows} == {"2026-11-01T00:00:00Z"}
    days = {row["ChargePeriodStart"] for row in rows}
    assert min(map(str, days)) == "2026-10-01T00:00:00Z"
    assert max(map(str, days)) == "2026-10-31T00:00:00Z"
    assert len(days) == 31
    for row in rows:
        start, end = (datetime.fromisoformat(str(row[f"ChargePeriod{part}"])) for part in ("Start", "End"))
        assert (end - start).days == 1


def test_unit_price_times_quantity_is_the_cost_to_the_last_digit(rows: list[dict[str, str | None]]) -> None:
    for row in rows:
        quantity = Decimal(str(row["PricingQuantity"]))
        assert Decimal(str(row["ListUnitPrice"])) * quantity == Decimal(str(row["ListCost"]))
        assert Decimal(str(row["ContractedUnitPrice"])) * quantity == Decimal(str(row["ContractedCost"]))


def test_a_row_is_one_day_sku_and_token_class(rows: list[dict[str, str | None]]) -> None:
    keys = {(row["ChargePeriodStart"], row["SkuId"], row["x_TokenClass"]) for row in rows}
    assert len(keys) == len(rows)
    assert {row["x_TokenClass"] for row in rows} == {"input", "cached_input", "output"}


def test_costs_are_those_of_the_month(rows: list[dict[str, str | None]], built: Workspace) -> None:
    totals = built.query(
        "select sum(billed_cost_usd), sum(effective_cost_usd), sum(list_cost_usd) from core.fct_usage_daily"
        " where usage_date between '2026-10-01' and '2026-10-31'"
    )[0]
    written = tuple(
        sum(Decimal(str(row[name])) for row in rows) for name in ("BilledCost", "EffectiveCost", "ListCost")
    )
    assert written == totals


def test_the_published_rules_hold(
    rows: list[dict[str, str | None]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = real_file("focus_validator")
    with (folder / "currency_codes.csv").open(newline="") as codes:
        currencies = frozenset(row["currency_codes"] for row in csv.DictReader(codes))
    model = json.loads((folder / "model-1.2.json").read_text())
    rules = RuleModel(model, SUPPORTED, currencies)
    verdict = rules.judge(rows)
    with capsys.disabled():
        sys.stderr.write(
            f"\nFOCUS 1.2: {verdict.checked} rules checked, {len(verdict.passed)} passed,"
            f" {len(verdict.failed)} failed, {len(verdict.advice)} recommendations not followed,"
            f" {len(verdict.not_applicable)} not applicable\n"
        )
    assert verdict.failed == {}
    assert verdict.advice == {}
    assert verdict.checked >= 200

    # The rules bite: what is wrong in one row is found.
    for column, wrong, broken in (
        ("BilledCost", None, "BilledCost-C-003-M"),
        ("ChargeCategory", "usage", "ChargeCategory-C-003-M"),
        ("ListUnitPrice", "0.5", "ListUnitPrice-C-010-C"),
        ("BillingCurrency", "Token", "BillingCurrency-C-003-M"),
        ("ChargePeriodStart", "2026-10-01", "ChargePeriodStart-C-001-M"),
    ):
        assert broken in rules.judge([*rows[:50], rows[0] | {column: wrong}]).failed, column


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_official_validator_finds_no_broken_rule(exported: Export, tmp_path: Path, suffix: str) -> None:
    validator = pytest.importorskip(
        "focus_validator", reason="focus-validator (Python 3.12) is not installed"
    )
    out = tmp_path / f"usage{suffix}"
    write_export(exported, out)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "focus_validator.main",
            "--data-file",
            str(out),
            "--validate-version",
            "1.2",
            "--block-download",
        ],
        cwd=Path(validator.__file__).parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    broken = set(re.findall(r"(\S+): FAIL", done.stdout))
    # Two ways to meet one rule, of which the tool counts each: a charge has an invoice, or it has none.
    assert broken <= {"InvoiceId-C-005-C"}, done.stdout + done.stderr
    assert len(re.findall(": PASS", done.stdout)) > 100, done.stdout + done.stderr


def test_a_decimal_column_is_written_with_a_decimal_point() -> None:
    """Readers that guess the type of a column take whole numbers for integers."""
    row = focus_row(CHARGE | {"consumed_quantity": Decimal("4096"), "billed_cost_usd": Decimal("0E-12")})
    huge = focus_row(CHARGE | {"consumed_quantity": Decimal("1E+9"), "billed_cost_usd": Decimal("-12.50")})
    assert row is not None
    assert huge is not None
    read = list(csv.DictReader(io.StringIO(as_csv([row, huge]).decode(), newline="")))
    assert [line["ConsumedQuantity"] for line in read] == ["4096.0", "1000000000.0"]
    assert [line["BilledCost"] for line in read] == ["0.0", "-12.5"]
    assert [line["InvoiceId"] for line in read] == ["", ""]


def test_parquet_holds_the_same_as_decimals_and_instants(exported: Export, tmp_path: Path) -> None:
    write_export(exported, tmp_path / "usage.parquet")
    table = pq.read_table(tmp_path / "usage.parquet")
    assert str(table.schema.field("BilledCost").type) == "decimal128(28, 12)"
    assert str(table.schema.field("ChargePeriodStart").type) == "timestamp[us, tz=UTC]"
    assert table.column("BilledCost").to_pylist() == [row["BilledCost"] for row in exported.rows]


def test_a_price_of_many_digits_is_written_whole_in_both_formats() -> None:
    price = Decimal("0.000000012345678901234")
    row = focus_row(CHARGE | {"list_unit_price_usd": price, "consumed_quantity": Decimal("1.0625")})
    assert row is not None
    table = pq.read_table(io.BytesIO(as_parquet([row])))
    assert table.column("ListUnitPrice").to_pylist() == [price]
    assert table.column("ConsumedQuantity").to_pylist() == [Decimal("1.0625")]
    read = next(csv.DictReader(io.StringIO(as_csv([row]).decode(), newline="")))
    assert Decimal(read["ListUnitPrice"]) == price


def test_unknown_costs_are_filled_in_and_named() -> None:
    unpriced = CHARGE | {
        "token_class": "unknown",
        "sku_id": "openai/gpt-99/standard/unknown",
        "sku_price_id": "openai/gpt-99/standard/unknown",
        "list_unit_price_usd": None,
        "contracted_unit_price_usd": None,
        "list_cost_usd": None,
        "contracted_cost_usd": None,
    }
    row = focus_row(unpriced)
    assert row is not None
    assert (row["ListCost"], row["ContractedCost"]) == (Decimal("0.025"), Decimal("0.025"))
    assert (row["PricingQuantity"], row["PricingUnit"], row["ListUnitPrice"]) == (
        1,
        "Units",
        Decimal("0.025"),
    )
    assert row["ConsumedQuantity"] == 1000
    assert row["x_EstimatedColumns"] == "ListCost,ContractedCost"
    assert row["SkuPriceId"] == "openai/gpt-99/standard/unknown@2026-10-31"
    assert focus_row(unpriced | {"billed_cost_usd": None, "effective_cost_usd": None}) is None


def test_a_name_that_a_spreadsheet_would_run_is_text() -> None:
    row = focus_row(CHARGE | {"service_name": "=HYPERLINK(1)", "sku_id": 'a\n"b",c', "provider_name": "@x"})
    assert row is not None
    read = next(csv.DictReader(io.StringIO(as_csv([row]).decode(), newline="")))
    assert read["ServiceName"] == "'=HYPERLINK(1)"
    assert read["ProviderName"] == "'@x"
    assert read["SkuId"] == 'a\n"b",c'


def test_what_cannot_be_written_is_said_and_nothing_is_left(
    exported: Export, built: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match=r"neither in \.csv nor in \.parquet"):
        write_export(exported, tmp_path / "usage.xlsx")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ReportError, match="cannot write"):
        write_export(exported, tmp_path / "folder.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.csv"]
    with (
        open_warehouse(built.published) as warehouse,
        pytest.raises(ReportError, match="no usage in 2025-01"),
    ):
        read_export(warehouse, date(2025, 1, 1))
