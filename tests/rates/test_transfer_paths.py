"""Transfer on bills: which way the bytes went, and what a page says of it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder.subjects.rates.transfer import transfer_section
from reports_builder.warehouse import open_warehouse
from tests.rates.test_commitment_words import Tiny
from tests.rates.test_portfolio_words import rows_of
from tests.real_files import real_file
from tests.workspace import ROOT

LISTED = re.compile(r"\$([0-9.]+) per GB")


def seed(name: str) -> list[dict[str, str]]:
    with (ROOT / f"dbt_project/seeds/{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def path_of(service: str, meter: str) -> str | None:
    """The way that a line of AWS counts, by the first row of the seed that fits it."""
    rows = sorted(
        (row for row in seed("transfer_meters") if row["provider_name"] == "AWS"),
        key=lambda row: int(row["precedence"]),
    )
    fitting = (
        row["path"]
        for row in rows
        if row["service_contains"] in service.lower() and row["meter_contains"] in meter.lower()
    )
    return next(fitting, None)


@pytest.mark.parametrize(
    ("service", "meter", "path"),
    [
        ("AmazonEC2", "EU-DataTransfer-Out-Bytes", "internet"),
        ("AmazonCloudFront", "US-DataTransfer-Out-Bytes", "CDN"),
        ("AmazonS3", "USE1-CloudFront-Out-Bytes", "to the CDN"),
        ("AmazonEC2", "USE1-EUW1-AWS-Out-Bytes", "between regions"),
        ("AmazonEC2", "USE1-EUW1-AWS-In-Bytes", "in"),
        ("AmazonEC2", "DataTransfer-Regional-Bytes", "between zones"),
        ("AmazonEC2", "DataTransfer-In-Bytes", "in"),
        ("AmazonEC2", "EUC1-NatGateway-Bytes", "NAT"),
        ("AWSELB", "LCUUsage", "load balancer"),
        ("AmazonEC2", "BoxUsage:m5.large", None),
        ("AmazonS3", "TimedStorage-ByteHrs", None),
        ("AmazonEC2", "NatGateway-Hours", None),
    ],
)
def test_a_usage_type_of_aws_names_its_way(service: str, meter: str, path: str | None) -> None:
    assert path_of(service, meter) == path


def test_lines_of_a_published_bill_are_sorted_by_what_they_charge() -> None:
    """AWS prints the price of a GB in the line: on each way it is the one of the seed."""
    prices = {
        row["path"]: Decimal(row["usd_per_gb"])
        for row in seed("transfer_prices")
        if row["provider_name"] == "AWS"
    }
    found = Counter[str]()
    with real_file("focus_sample_odd.csv").open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            listed = LISTED.search(row["ChargeDescription"])
            if row["ProviderName"] != "AWS" or row["ConsumedUnit"] != "GB" or not listed:
                continue
            path = path_of(row["ServiceName"], row["ChargeDescription"])
            if path is None:
                assert not re.search(r"data transfer|nat gateway", row["ChargeDescription"].lower()), row[
                    "ChargeDescription"
                ]
                continue
            found[path] += 1
            price = Decimal(listed[1])
            if path in ("in", "to the CDN", "between zones", "NAT"):
                assert price == prices[path], row["ChargeDescription"]
    assert found["in"] > 100 and found["internet"] > 70 and found["between zones"] > 30
    assert (
        found["between regions"] > 15 and found["NAT"] == 3 and found["CDN"] == 2 and found["to the CDN"] == 5
    )
    assert not found["unknown"]


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    yield Tiny(tmp_path)


def test_where_nothing_can_be_told_nothing_is_said_to_be_not_worth_it(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_transfer_paths",
        "'AWS' as provider_name, 'unknown' as path, 'out' as dearest_meter, 3 as cost_usd, 'unknown: no way' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = transfer_section(warehouse)
    assert section.text[0].plain.startswith(
        "Transfer cost $3.00 in the last 30 days of the bills. For $3.00 of it nobody can tell: "
    )


def test_ways_of_transfer_say_what_another_one_saves_and_what_nobody_can_tell(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_transfer_paths",
        "'AWS' as provider_name, 'between zones' as path, 'Regional-Bytes' as dearest_meter, 3000 as transferred_gb, 30 as cost_usd, 0.01 as paid_usd_per_gb, "
        "'within a zone' as option_path, 0 as option_cost_usd, 'a list' as price_source, 0.5 as moved_share, 15 as monthly_savings_usd, 7.5 as low_savings_usd, "
        "30 as high_savings_usd, '1 day' as effort, 'Head of Engineering' as owner_role, 8 as payback_months, 'worth a closer look' as verdict",
        "'AWS' as provider_name, 'unknown' as path, 'out' as dearest_meter, 3 as cost_usd, 'unknown: no way' as verdict",
        "'AWS' as provider_name, 'in' as path, 'In-Bytes' as dearest_meter, 50 as transferred_gb, 0 as cost_usd, 'not an action: it is free' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = transfer_section(warehouse)
    assert section.text[0].plain == (
        "Transfer cost $33.00 in the last 30 days of the bills. For 1 of 3 ways another one is worth a closer look: $15.00 less a month, if "
        "50 % of the bytes take it (transfer_base_share). For $3.00 of it nobody can tell: the bill does not say which way the bytes went, "
        "counts them in something else than GB, or the other way has no price."
    )
    assert rows_of(section)[0][6:] == [
        "within a zone", "$0.00", "a list", "$15.00", "$7.50", "$30.00", "1 day", "Head of Engineering", "8.0 months", "worth a closer look",
    ]  # fmt: skip
    assert len(rows_of(section)) == 2, "what costs nothing has nothing to decide"
