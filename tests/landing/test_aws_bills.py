"""Bills of AWS: what each line costs, to the last digit, in the columns of FOCUS."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landed_files import land
from dbt_project.landing.sources.aws_cur import AWS_CUR, shape_aws_cur
from dbt_project.landing.sources.simple_bills import shape_simple_bill
from tests.landing.landed_bills import landed, landed_real, total
from tests.real_files import real_file


def test_a_report_of_aws_sums_to_cash_and_to_what_a_savings_plan_was_used_for(tmp_path: Path) -> None:
    expected = json.loads(real_file("billing/expected.json").read_text())["aws_cur_savings_plan"]
    rows = landed_real(AWS_CUR, tmp_path, "billing/aws_cur_savings_plan.csv")
    assert len(rows) == expected["rows"]
    assert total(rows, "BilledCost") == Decimal(expected["cash_total"])
    by_kind = defaultdict(list)
    for row in rows:
        kind = (row["ChargeCategory"], row["CommitmentDiscountStatus"], row["CommitmentDiscountType"])
        by_kind[kind[:2]].append(row)
    amortised = expected["amortised"]
    assert total(by_kind["Usage", None], "EffectiveCost") == Decimal(amortised["usage"])
    assert total(by_kind["Purchase", "Unused"], "EffectiveCost") == Decimal(amortised["savings_plan_unused"])
    assert total(by_kind["Adjustment", None], "EffectiveCost") == 0
    used = [row for row in by_kind["Usage", "Used"] if row["EffectiveCost"] is not None]
    assert total(used, "EffectiveCost") == Decimal(amortised["savings_plan_used"])
    # What a reservation charges an hour, this file does not say: unknown, not nothing.
    assert len(by_kind["Usage", "Used"]) - len(used) == 48


def test_cash_and_amortised_cost_differ_by_what_was_paid_upfront() -> None:
    expected = json.loads(real_file("billing/cur2_amortisation.expected.json").read_text())
    with real_file("billing/cur2_amortisation.csv").open(newline="") as lines:
        rows = [
            shape_aws_cur({name: value or None for name, value in record.items()})[0]
            for record in csv.DictReader(lines)
        ]
    counted = [row for row in rows if row["x_RepeatsCostOf"] is None]
    assert len(rows) - len(counted) == expected["excluded_split_rows"]
    cash, amortised = total(counted, "BilledCost"), total(counted, "EffectiveCost")
    assert (cash, amortised) == (Decimal(expected["cash_total"]), Decimal(expected["amortised_total"]))
    bridge = {name: Decimal(value) for name, value in expected["bridge"].items()}
    assert cash - amortised == bridge["cash_minus_amortised"]
    assert cash - amortised == (
        bridge["upfront_paid"] - bridge["amortised_upfront"] + bridge["savings_plan_refund"]
    )
    unused = defaultdict(Decimal)
    for row in counted:
        if row["CommitmentDiscountStatus"] == "Unused":
            unused[row["CommitmentDiscountType"]] += Decimal(row["EffectiveCost"])
    assert unused["Savings Plan"] == Decimal(expected["unused"]["savings_plan"])
    assert unused["Reserved Instance"] == Decimal(expected["unused"]["reserved"])


CUR = (
    "bill_billing_period_start_date,bill_billing_period_end_date,bill_payer_account_id,line_item_usage_account_id,"
    "line_item_line_item_type,line_item_product_code,line_item_usage_start_date,line_item_usage_end_date,"
    "line_item_unblended_cost,line_item_currency_code,line_item_resource_id,line_item_usage_type,resource_tags,product\n"
)


def cur_line(
    kind: str, cost: str, tags: str = "", code: str = "AmazonEC2", usage: str = "BoxUsage:m5.large"
) -> str:
    tags = '"' + tags.replace('"', '""') + '"'
    return (
        f"2026-10-01,2026-11-01,1,2,{kind},{code},2026-10-03T00:00:00Z,2026-10-03T01:00:00Z,"
        f'{cost},USD,i-1,{usage},{tags},"{{""instance_type"": ""m5.large""}}"\n'
    )


def test_the_maps_of_the_second_layout_are_read_from_csv_and_parquet(tmp_path: Path) -> None:
    line = cur_line("Usage", "1.5", '{"user_Team": "a", "user_env": "", "aws_created_by": "x"}')
    (from_csv,) = landed(AWS_CUR, tmp_path / "csv", ("october.csv", CUR + line))
    assert json.loads(from_csv["Tags"]) == {"Team": "a", "env": "", "aws_created_by": "x"}
    assert json.loads(from_csv["SkuPriceDetails"]) == {"InstanceType": "m5.large"}
    values = next(csv.DictReader([*(CUR + line).splitlines()]))
    maps = pa.map_(pa.string(), pa.string())
    table = pa.table(
        {
            name: pa.array([list(json.loads(value).items())], maps)
            if name in ("resource_tags", "product")
            else [value]
            for name, value in values.items()
        }
    )
    path = tmp_path / "parquet" / "raw" / "aws_cur" / "october.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(table, path)
    (from_parquet,) = landed(AWS_CUR, tmp_path / "parquet")
    told = [name for name in AWS_CUR.columns if from_csv[name] != from_parquet[name]]
    assert told == []


@pytest.mark.parametrize(
    ("kind", "prefix"), [("DiscountedUsage", "reservation"), ("SavingsPlanCoveredUsage", "savings_plan")]
)
@pytest.mark.parametrize("is_first_layout", [False, True])
def test_the_term_of_a_commitment_is_that_of_the_report(
    tmp_path: Path, kind: str, prefix: str, is_first_layout: bool
) -> None:
    names = [f"{prefix}_{prefix}_a_r_n", f"{prefix}_start_time", f"{prefix}_end_time"]
    if is_first_layout:
        section, arn = (
            ("savingsPlan", "SavingsPlanARN") if prefix == "savings_plan" else (prefix, "ReservationARN")
        )
        names = [f"{section}/{name}" for name in (arn, "StartTime", "EndTime")]
    values = ["arn", "2026-02-01T10:00:00.000Z", "2027-02-01T09:59:59.000Z"]
    header, line = CUR.strip(), cur_line(kind, "1").strip()
    text = f"{header},{','.join(names)}\n{line},{','.join(values)}\n"
    (row,) = landed(AWS_CUR, tmp_path, ("october.csv", text))
    assert row["CommitmentDiscountId"] == "arn"
    assert row["x_CommitmentStart"].startswith("2026-02-01 10:00:00")
    assert row["x_CommitmentEnd"].startswith("2027-02-01 09:59:59")


@pytest.mark.parametrize(
    ("column", "offering", "kind"),
    [
        ("savings_plan_offering_type", "EC2InstanceSavingsPlans", "EC2 Instance Savings Plan"),
        ("savingsPlan/OfferingType", "ComputeSavingsPlans", "Compute Savings Plan"),
        ("savings_plan_offering_type", "", "Savings Plan"),
    ],
)
def test_which_plan_it_is_is_read_where_the_report_says_it(
    tmp_path: Path, column: str, offering: str, kind: str
) -> None:
    """What a plan could cover is a question of which it is: a family in a region, or all compute."""
    arn = (
        "savings_plan_savings_plan_a_r_n"
        if column.startswith("savings_plan")
        else "savingsPlan/SavingsPlanARN"
    )
    header, line = CUR.strip(), cur_line("SavingsPlanCoveredUsage", "1").strip()
    text = f"{header},{arn},{column}\n{line},arn,{offering}\n"
    (row,) = landed(AWS_CUR, tmp_path, ("october.csv", text))
    assert row["CommitmentDiscountType"] == kind


def test_tags_that_are_no_json_stay_as_they_are(tmp_path: Path) -> None:
    (row,) = landed(AWS_CUR, tmp_path, ("october.csv", CUR + cur_line("Usage", "1", "team=a")))
    assert row["Tags"] == "team=a"


@pytest.mark.parametrize(
    ("kind", "code", "usage", "category", "service_category", "subcategory"),
    [
        ("Fee", "AWSSupportBusiness", "", "Purchase", "Other", "Support"),
        ("Usage", "AmazonEC2", "USE1-DataTransfer-Out-Bytes", "Usage", "Networking", None),
        ("EdpDiscount", "AmazonEC2", "BoxUsage:m5.large", "Credit", "Compute", None),
        ("Tax", "AmazonS3", "", "Tax", "Storage", None),
        ("Refund", "AmazonRDS", "", "Adjustment", "Databases", None),
        ("Usage", "AmazonBedrock", "USE1-tokens", "Usage", "AI and Machine Learning", None),
        ("Usage", "AmazonWorkDocs", "", "Usage", "Other", None),
    ],
)  # fmt: skip
def test_every_line_has_a_category(
    tmp_path: Path,
    kind: str,
    code: str,
    usage: str,
    category: str,
    service_category: str,
    subcategory: str | None,
) -> None:
    (row,) = landed(AWS_CUR, tmp_path, ("october.csv", CUR + cur_line(kind, "1", code=code, usage=usage)))
    assert (row["ChargeCategory"], row["ServiceCategory"], row["ServiceSubcategory"]) == (
        category,
        service_category,
        subcategory,
    )


def test_a_file_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "aws_cur" / "focus.csv"
    path.parent.mkdir(parents=True)
    path.write_text("BilledCost,EffectiveCost\n1,1\n")
    (problem,) = land(AWS_CUR, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert problem.startswith(f"{path}: is not a file of AWS cost and usage reports: column")
    assert "it has BilledCost, EffectiveCost" in problem


def test_a_month_that_was_exported_twice_is_refused(tmp_path: Path) -> None:
    lines = "".join(cur_line("Usage", f"1.{hour}") for hour in range(10))
    for name, more in (("first.csv", ""), ("second.csv", cur_line("Usage", "7"))):
        path = tmp_path / "raw" / "aws_cur" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CUR + lines + more)
    (problem,) = land(AWS_CUR, tmp_path / "raw", tmp_path / "landing", is_on=True)
    assert "10 of its rows, of 2026-10-03" in problem and "would count twice" in problem


@pytest.mark.parametrize(
    ("family", "code", "category"),
    [
        ("Cache Instance", "AmazonElastiCache", "Databases"),
        ("ML Instance", "AmazonSageMaker", "AI and Machine Learning"),
        ("Elastic Map Reduce Instance", "ElasticMapReduce", "Analytics"),
        ("Managed Streaming for Apache Kafka (MSK)", "AmazonMSK", "Analytics"),
        ("Compute Instance", "AmazonRedshift", "Analytics"),
        ("Compute Instance", "AmazonEC2", "Compute"),
        ("Storage", "AmazonEC2", "Storage"),
        ("Load Balancer-Application", "AmazonEC2", "Networking"),
        ("Database Instance", "AmazonRDS", "Databases"),
        ("Dedicated Host", "SomethingNew", "Other"),
    ],
)
def test_what_runs_on_a_machine_is_what_the_service_says(family: str, code: str, category: str) -> None:
    shaped, _ = shape_aws_cur({"product_product_family": family, "line_item_product_code": code})
    assert shaped["ServiceCategory"] == category


def test_a_service_has_one_name_whether_its_product_or_its_code_is_reported() -> None:
    """By two names it would be two in every table, budget and forecast of services."""
    reported = (
        {"product_product_name": "Amazon Elastic Compute Cloud", "line_item_product_code": "AmazonEC2"},
        {"product_product_name": "AmazonEC2", "line_item_product_code": "AmazonEC2"},
        {"line_item_product_code": "AmazonEC2"},
    )
    assert {str(shape_aws_cur(dict(line))[0]["ServiceName"]) for line in reported} == {
        "Amazon Elastic Compute Cloud"
    }
    new, _ = shape_aws_cur({"line_item_product_code": "SomethingNew"})
    assert new["ServiceName"] == "SomethingNew"


def test_cards_of_different_providers_are_different_services() -> None:
    lines = [shape_simple_bill({"provider": provider})[0] for provider in ("Lambda", "RunPod")]
    assert [line["ServiceName"] for line in lines] == ["Lambda GPU Cloud", "RunPod GPU Cloud"]
    assert {line["ServiceCategory"] for line in lines} == {"Compute"}
    named, _ = shape_simple_bill({"provider": "Lambda", "service": "Object Storage"})
    assert (named["ServiceName"], named["ServiceCategory"]) == ("Object Storage", "Storage")
