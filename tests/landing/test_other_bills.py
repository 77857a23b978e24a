"""Bills of Azure, Google Cloud, Kubernetes and others: what each line costs, in the columns of FOCUS."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.azure_costs import AZURE_COSTS
from dbt_project.landing.sources.gcp_billing import GCP_BILLING
from dbt_project.landing.sources.opencost import OPENCOST
from dbt_project.landing.sources.simple_bills import SIMPLE_BILLS
from tests.landing.landed_bills import landed, landed_real, total
from tests.real_files import real_file

AZURE = "Date,BillingPeriodStartDate,BillingPeriodEndDate,MeterCategory,Cost,BillingCurrency,ChargeType,PricingModel,Tags\n"
GCP = "usage_start_time,usage_end_time,cost,currency,credits,invoice.month,cost_type,service.description\n"
SIMPLE = "provider,day,account,resource,instance_type,hours,rate,amount,currency,tags\n"


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(real_file("billing/expected.json").read_text())[name]
    return found


def test_details_of_azure_sum_to_their_cost_with_their_tags_as_written(tmp_path: Path) -> None:
    told = expected("azure_export_v2")
    rows = landed_real(AZURE_COSTS, tmp_path, "billing/azure_export_v2.csv")
    assert (len(rows), total(rows, "BilledCost")) == (told["rows"], Decimal(told["cost"]))
    assert {json.dumps(json.loads(row["Tags"])) for row in rows} >= {
        json.dumps(dict(sorted(json.loads(tags).items()))) for tags in told["tags"]
    }


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("azure_billing/EA_AmortizedCost_Small.csv", "Cost"),
        ("azure_billing/sample-anonymous-ea-export-dataset.csv", "CostInBillingCurrency"),
    ],
)
def test_no_cent_of_a_real_export_of_azure_is_lost(tmp_path: Path, name: str, column: str) -> None:
    with real_file(name).open(encoding="utf-8-sig", newline="") as lines:
        stated = [Decimal(line[column]) for line in csv.DictReader(lines)]
    rows = landed_real(AZURE_COSTS, tmp_path, name)
    assert sum(Decimal(row["EffectiveCost"]) for row in rows) == sum(stated)
    # What a reservation or savings plan covers was paid with it, and not once more.
    covered = [row for row in rows if row["CommitmentDiscountStatus"]]
    assert total(covered, "BilledCost") == 0
    assert sum(Decimal(row["BilledCost"]) for row in rows) == sum(stated) - sum(
        Decimal(row["EffectiveCost"]) for row in covered
    )
    assert {row["x_IsWholeDay"] for row in rows} == {"yes"}


def test_what_a_reservation_was_not_used_for_is_a_cost(tmp_path: Path) -> None:
    lines = (
        "10/13/2026,10/01/2026,10/31/2026,Virtual Machines,1.5,USD,UnusedReservation,Reservation,\n"
        "10/13/2026,10/01/2026,10/31/2026,Virtual Machines,9,USD,Purchase,Reservation,\n"
        "10/13/2026,10/01/2026,10/31/2026,Virtual Machines,0.01,USD,RoundingAdjustment,,\n"
    )
    unused, bought, rounding = landed(AZURE_COSTS, tmp_path, ("a.csv", AZURE + lines))
    assert (unused["CommitmentDiscountStatus"], unused["BilledCost"], unused["EffectiveCost"]) == (
        "Unused",
        "0",
        "1.5",
    )
    assert (bought["ChargeCategory"], bought["BilledCost"]) == ("Purchase", "9")
    assert rounding["ChargeCategory"] == "Adjustment"


def test_an_export_of_google_has_each_credit_beside_its_line(tmp_path: Path) -> None:
    told = expected("gcp_export")
    rows = landed_real(GCP_BILLING, tmp_path, "billing/gcp_export.csv")
    by_category = defaultdict(list)
    for row in rows:
        by_category[row["ChargeCategory"]].append(row)
    assert (len(by_category["Usage"]), len(by_category["Credit"])) == (told["rows"], told["credit_entries"])
    assert total(by_category["Usage"], "BilledCost") == Decimal(told["cost"])
    assert total(by_category["Credit"], "BilledCost") == Decimal(told["credits"])
    assert total(rows, "EffectiveCost") == Decimal(told["net"])
    assert {row["BillingCurrency"] for row in rows} == set(told["currency"])
    by_service: dict[str, Decimal] = defaultdict(Decimal)
    for row in by_category["Usage"]:
        by_service[row["ServiceName"]] += Decimal(row["BilledCost"])
    assert by_service == {name: Decimal(cost) for name, cost in told["by_service"].items()}
    # A line and its credit are told apart by their place in the line.
    assert len({(row["line_number"], row["record_number"]) for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("written", "costs", "problem"),
    [
        ('[{"name": "a", "amount": -1.5}, {"name": "b", "amount": -0.5}]', ["4", "-1.5", "-0.5"], None),
        ("[{'name': 'a', 'amount': -1.5}]", ["4", "-1.5"], None),
        ("", ["4"], None),
        ("[]", ["4"], None),
        ("__import__('os').getcwd()", ["4"], "credits_malformed"),
        ("[{'name': 'a'}]", ["4"], "credits_malformed"),
        ("[" * 200, ["4"], "credits_malformed"),
    ],
)
def test_credits_are_read_however_they_are_written(
    tmp_path: Path, written: str, costs: list[str], problem: str | None
) -> None:
    quoted = '"' + written.replace('"', '""') + '"'
    line = f"2026-12-01T00:00:00,2026-12-01T01:00:00,4,USD,{quoted},202612,regular,Cloud SQL\n"
    rows = landed(GCP_BILLING, tmp_path, ("a.csv", GCP + line))
    assert [row["BilledCost"] for row in rows] == costs
    assert {row["line_problem"] for row in rows} == {problem}
    assert (rows[0]["BillingPeriodStart"], rows[0]["BillingPeriodEnd"]) == (
        "2026-12-01 00:00:00",
        "2027-01-01 00:00:00",
    )


def test_records_of_bigquery_are_read_as_their_columns_are(tmp_path: Path) -> None:
    record = {
        "service": {"description": "Vertex AI"},
        "project": {"id": "p", "labels": [{"key": "team", "value": "a"}, {"key": "env", "value": "x"}]},
        "labels": [{"key": "team", "value": "b"}],
        "usage_start_time": "2026-10-01T00:00:00Z",
        "usage_end_time": "2026-10-01T01:00:00Z",
        "cost": 0.1,
        "currency": "USD",
        "credits": [{"name": "c", "amount": -0.05, "type": "SUSTAINED_USAGE_DISCOUNT"}],
        "invoice": {"month": "202610"},
        "cost_type": "tax",
    }
    usage, credit = landed(GCP_BILLING, tmp_path, ("a.jsonl", json.dumps(record) + "\n"))
    assert (usage["ChargeCategory"], usage["BilledCost"], credit["BilledCost"]) == ("Tax", "0.1", "-0.05")
    assert (usage["ServiceName"], usage["SubAccountId"]) == ("Vertex AI", "p")
    # A discount of sustained use is a part of the price on demand: which credit it is has to be known.
    assert (usage["SkuPriceDetails"], json.loads(credit["SkuPriceDetails"] or "")) == (
        None,
        {"CreditType": "SUSTAINED_USAGE_DISCOUNT"},
    )
    # The label of the resource is nearer than that of its project.
    assert json.loads(usage["Tags"]) == {"team": "b", "env": "x"}


def test_parts_of_an_allocation_and_what_is_beyond_them_sum_to_its_total(tmp_path: Path) -> None:
    answer = {
        "code": 200,
        "data": [
            {
                "web/a": {
                    "properties": {"cluster": "c1", "namespace": "web", "pod": "a", "labels": {"team": "x"},
                                   "providerID": "aws:///us-east-1a/i-1"},
                    "window": {"start": "2026-10-01T00:00:00Z", "end": "2026-10-02T00:00:00Z"},
                    "cpuCost": 1.25, "cpuCoreHours": 24, "ramCost": 0.5, "gpuCost": 0, "pvCost": 0.25, "totalCost": 2.1,
                },
                "__idle__": {"properties": {"cluster": "c1"}, "start": "2026-10-01T00:00:00Z",
                             "end": "2026-10-02T00:00:00Z", "totalCost": 3},
            }
        ],
    }  # fmt: skip
    rows = landed(OPENCOST, tmp_path, ("a.json", json.dumps(answer)))
    assert total(rows, "BilledCost") == Decimal("5.1")
    parts = {
        (row["ChargeDescription"], row["ChargeCategory"], row["ServiceCategory"]): row["BilledCost"]
        for row in rows
    }
    assert Decimal(parts["adjustment", "Adjustment", "Compute"]) in (Decimal("0.1"), Decimal(3))
    assert Decimal(parts["pvCost", "Usage", "Storage"]) == Decimal("0.25")
    assert json.loads(rows[0]["Tags"])["team"] == "x" and rows[0]["x_NodeId"] == "i-1"
    assert rows[-1]["ResourceType"] == "Idle"


def test_an_answer_without_allocations_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "opencost" / "a.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"code": 200, "data": []}')
    (problem,) = land(OPENCOST, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert "no allocation with a totalCost" in problem


def test_a_simple_bill_costs_its_amount_or_its_hours_at_their_rate(tmp_path: Path) -> None:
    lines = (
        'RunPod,2026-10-01,main,pod-1,A100-80GB,24,1.89,45.36,USD,"team=a,env=prod"\n'
        "Lambda,2026-10-01,main,vm-1,gpu_1x_a100,10,1.29,,USD,\n"
        'CoreWeave,2026-10-01,main,vm-2,gd,1,2,2,EUR,"{""team"": ""b""}"\n'
        "Lambda,2026-10-01,main,vm-3,gpu_1x_a100,ten,1.29,,USD,half\n"
    )
    rows = landed(SIMPLE_BILLS, tmp_path, ("a.csv", SIMPLE + lines))
    assert [row["BilledCost"] for row in rows] == ["45.36", "12.90", "2", None]
    assert [row["Tags"] and json.loads(row["Tags"]) for row in rows[:3]] == [
        {"team": "a", "env": "prod"},
        None,
        {"team": "b"},
    ]
    assert (rows[3]["Tags"], rows[2]["BillingCurrency"]) == ("half", "EUR")
    assert json.loads(rows[0]["SkuPriceDetails"]) == {"InstanceType": "A100-80GB"}
