"""All spend as FOCUS by owner: the ledger to the last digit, whose it is, and the published rules."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from reports_builder.exports.focus import Export, as_csv, as_parquet
from reports_builder.exports.focus_owners import VERSIONS, read_export
from reports_builder.warehouse import open_warehouse
from tests.real_files import real_file
from tests.reports.focus_rules import RuleModel
from tests.reports.test_focus_export import SUPPORTED
from tests.spend.conftest import Spending

OCTOBER = date(2026, 10, 1)
Cells = dict[str, str | None]
# What the bills of clouds have of what the rules make conditional, beside what calls have.
OF_BILLS = frozenset(
    {
        "TAGGING_SUPPORTED",
        "SUB_ACCOUNT_SUPPORTED",
        "BILLING_BASED_ON_PROVISIONED_RESOURCES_SUPPORTED",
        "RESOURCE_TYPE_ASSIGNMENT_SUPPORTED",
    }
)
# The rule means a purchase of later use; that a support fee is none of that, its model has no way to say.
OF_A_FEE = {
    "CostAndUsage-D-000-M",
    "CostAndUsage-D-002-M",
    "EffectiveCost-C-000-M",
    "EffectiveCost-C-005-C",
}


def read(export: Export) -> list[Cells]:
    """The rows as any reader of the CSV sees them."""
    text = io.StringIO(as_csv(export.rows, export.columns).decode(), newline="")
    return [{name: value or None for name, value in row.items()} for row in csv.DictReader(text)]


@pytest.fixture(scope="module")
def export(spending: Spending) -> Export:
    with open_warehouse(spending.file) as warehouse:
        return read_export(warehouse, OCTOBER, "1.3")


@pytest.fixture(scope="module")
def rows(export: Export) -> list[Cells]:
    return read(export)


def test_the_file_has_what_the_ledger_counts_to_the_last_digit(rows: list[Cells], spending: Spending) -> None:
    ledger = spending.query(
        "select sum(effective_cost_usd), sum(billed_cost_usd) from core.fct_charges"
        " where is_counted and billing_month_start_date = '2026-10-01'"
    )[0]
    effective = sum(Decimal(str(row["EffectiveCost"])) for row in rows)
    # A pool that is no line of a bill is billed by nobody: its cost stands in, and is named.
    billed = sum(
        Decimal(str(row["BilledCost"]))
        for row in rows
        if "BilledCost" not in (row["x_EstimatedColumns"] or "")
    )
    assert (effective, billed) == ledger
    assert {row["BilledCost"] for row in rows if row["x_CostPool"] == "gateway"} == {
        row["EffectiveCost"] for row in rows if row["x_CostPool"] == "gateway"
    }


def test_an_owner_bears_in_the_file_what_it_bears_in_the_warehouse(
    rows: list[Cells], spending: Spending
) -> None:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        tags = json.loads(row["AllocatedTags"] or row["Tags"] or "{}")
        found[tags.get("finops/team", "unallocated")] += Decimal(str(row["EffectiveCost"]))
    expected = spending.query(
        "select team_id, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
        " where usage_date between '2026-10-01' and '2026-10-31' group by team_id"
    )
    assert dict(found) == dict(expected)


def test_calls_say_customer_feature_and_team_and_a_bill_keeps_its_own_tags(rows: list[Cells]) -> None:
    calls = [json.loads(row["Tags"] or "{}") for row in rows if str(row["x_ChargeId"]).startswith("calls/")]
    assert any({"finops/customer", "finops/feature", "finops/team"} <= tags.keys() for tags in calls)
    bill = [
        json.loads(str(row["Tags"])) for row in rows if row["x_CostPool"] == "billed_services" and row["Tags"]
    ]
    named = [tags for tags in bill if "Team" in tags and "finops/team" in tags]
    assert named
    # A tag in another case leads to the team, and stays as it was written.
    assert any(tags["Team"] != tags["finops/team"] for tags in named)
    assert not any(value == "unallocated" for tags in (*calls, *bill) for value in tags.values())


def test_the_parts_of_a_shared_charge_are_the_charge(rows: list[Cells], spending: Spending) -> None:
    charges: dict[str, list[Cells]] = defaultdict(list)
    for row in rows:
        assert (row["AllocatedMethodId"] is None) == (row["AllocatedMethodDetails"] is None)
        if row["AllocatedMethodId"]:
            charges[str(row["x_ChargeId"])].append(row)
        else:
            assert row["AllocatedResourceId"] is None and row["AllocatedTags"] is None
    pools = {str(row["x_CostPool"]) for parts in charges.values() for row in parts}
    assert pools == {"gateway", "support"}
    whole = dict(
        spending.query("select charge_id, effective_cost_usd from core.fct_charges where not is_direct")
    )
    for charge, parts in charges.items():
        assert sum(Decimal(str(row["EffectiveCost"])) for row in parts) == whole[charge]
        elements = [
            element
            for row in parts
            for element in json.loads(str(row["AllocatedMethodDetails"]), parse_float=Decimal)["Elements"]
        ]
        assert sum(element["AllocatedRatio"] for element in elements) == 1
        assert {element["UsageUnit"] for element in elements} == {"Calls"}
        # Prices are those of the charge; its quantity is shared out.
        assert len({(row["ListUnitPrice"], row["ContractedUnitPrice"], row["Tags"]) for row in parts}) == 1
        assert sum(Decimal(str(row["PricingQuantity"])) for row in parts) == 1
        owners = [row["AllocatedResourceId"] for row in parts]
        assert len(set(owners)) == len(owners)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_published_rules_hold(
    version: str, export: Export, spending: Spending, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = real_file("focus_validator")
    with (folder / "currency_codes.csv").open(newline="") as codes:
        currencies = frozenset(row["currency_codes"] for row in csv.DictReader(codes))
    if version == "1.3":
        rules = RuleModel(
            json.loads((folder / "model-1.2.json").read_text()), SUPPORTED | OF_BILLS, currencies
        )
        # One of thirty rows of a kind: the rules look at each row alone, or at names.
        some = [
            row
            for n, row in enumerate(read(export))
            if n % 30 == 0 or row["ChargeCategory"] != "Usage" or (row["AllocatedTags"] and n % 5 == 0)
        ]
        verdict = rules.judge(some)
        with capsys.disabled():
            sys.stderr.write(
                f"\nFOCUS by owner: {len(some)} rows, {verdict.checked} rules checked, {len(verdict.passed)} passed,"
                f" {len(verdict.failed)} failed, {len(verdict.advice)} recommendations not followed\n"
            )
        assert set(verdict.failed) <= OF_A_FEE
        assert {row["ChargeCategory"] for row in some if row["EffectiveCost"] != "0.0"} >= {
            "Purchase",
            "Credit",
        }
        # Units are those of the bill, whatever form FOCUS recommends for them.
        assert set(verdict.advice) <= {"ConsumedUnit-C-003-O", "PricingUnit-C-003-O"}
    else:
        with open_warehouse(spending.file) as warehouse:
            newer = read_export(warehouse, OCTOBER, version)
        assert export.columns.keys() - newer.columns.keys() == {"ProviderName", "PublisherName"}


def test_parquet_holds_the_same_numbers(export: Export, rows: list[Cells]) -> None:
    table = pq.read_table(io.BytesIO(as_parquet(export.rows, export.columns)))
    for column in ("EffectiveCost", "ListCost", "PricingQuantity"):
        written = [None if row[column] is None else Decimal(str(row[column])) for row in rows]
        assert table.column(column).to_pylist() == written
