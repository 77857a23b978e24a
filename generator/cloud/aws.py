"""Lines of AWS's bill, in the columns of CUR 2.0: one for each stretch of hours that a machine ran."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from generator.cloud.estate import ACCOUNTS, TEAMS, Bucket, GpuMachine, Machine, Tag
from generator.cloud.prices import list_price
from generator.cloud.workloads import Orphan

Line = dict[str, object]

COLUMNS: Final = (
    "bill_billing_entity", "bill_billing_period_start_date", "bill_billing_period_end_date",
    "bill_payer_account_id", "line_item_usage_account_id", "line_item_line_item_type",
    "line_item_product_code", "line_item_usage_start_date", "line_item_usage_end_date",
    "line_item_usage_type", "line_item_operation", "line_item_resource_id", "line_item_usage_amount",
    "line_item_unblended_cost", "line_item_currency_code", "line_item_line_item_description",
    "line_item_legal_entity", "pricing_public_on_demand_cost", "pricing_term", "pricing_unit",
    "product_product_name", "product_product_family", "product_region_code", "product_instance_type",
    "product_operating_system", "resource_tags",
    "reservation_reservation_a_r_n", "reservation_effective_cost", "reservation_start_time",
    "reservation_end_time", "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_recurring_fee", "savings_plan_savings_plan_a_r_n",
    "savings_plan_savings_plan_effective_cost", "savings_plan_start_time", "savings_plan_end_time",
    "savings_plan_total_commitment_to_date", "savings_plan_used_commitment",
)  # fmt: skip
PAYER: Final = "210000000000"
_EC2: Final = ("AmazonEC2", "Amazon Elastic Compute Cloud")
_S3: Final = ("AmazonS3", "Amazon Simple Storage Service")
_STORED: Final = {"STANDARD": "TimedStorage-ByteHrs", "STANDARD_IA": "TimedStorage-SIA-ByteHrs"}
"""The usage type of a GB kept, by class: infrequent access has a meter of its own."""
_STORED_BY: Final = {"STANDARD": "StandardStorage", "STANDARD_IA": "StandardIAStorage"}
# The shared infrastructure, a month: its parts sum to 2,186.50 USD.
SHARED_INFRASTRUCTURE: Final = (
    ("kubernetes-cluster", "c5.2xlarge", "AmazonEC2", "Compute Instance", Decimal(900)),
    ("ai-processing", "g4dn.xlarge", "AmazonEC2", "Compute Instance", Decimal(840)),
    ("load-balancers", None, "AWSELB", "Load Balancer", Decimal(40)),
    ("postgres-primary", None, "AmazonRDS", "Database Storage", Decimal(40)),
    ("object-storage", None, "AmazonS3", "Storage", Decimal("34.50")),
    ("redis-cluster", None, "AmazonElastiCache", "Cache Instance", Decimal(25)),
    ("transfer-out", None, "AWSDataTransfer", "Data Transfer", Decimal(90)),
    ("vpn-connections", None, "AmazonVPC", "Cloud Connectivity", Decimal(72)),
    ("monitoring-and-security", None, "AmazonCloudWatch", "Metric", Decimal(50)),
    ("backup-and-recovery", None, "AWSBackup", "AWS Backup Storage", Decimal(95)),
)
_SUPPORT: Final = Decimal(100)
_CREDIT: Final = Decimal(-75)


def month_of(day: date) -> tuple[date, date]:
    """First day of the month, and of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def part_of_month(amount: Decimal, day: date) -> Decimal:
    """A day's part of a monthly amount: the parts of a month sum to it."""
    first, following = month_of(day)
    days, place = (following - first).days, day.day
    until, before = (
        (amount * count / days).quantize(Decimal("0.0000000001")) for count in (place, place - 1)
    )
    return until - before


def tags_text(tags: tuple[Tag, ...]) -> str:
    """The tags that somebody wrote, as the map of CUR 2.0."""
    return json.dumps({f"user_{tag.written_key}": tag.written for tag in tags if tag.written is not None})


def bill_line(day: date, hours: tuple[int, int], **fields: object) -> Line:
    """A line of usage on demand from an hour to another, but for what `fields` say."""
    start, end = month_of(day)
    begin = f"{day}T{hours[0]:02}:00:00Z"
    finish = f"{day}T{hours[1]:02}:00:00Z" if hours[1] < 24 else f"{day + timedelta(days=1)}T00:00:00Z"
    return {
        "bill_billing_entity": "AWS",
        "bill_billing_period_start_date": f"{start}T00:00:00Z",
        "bill_billing_period_end_date": f"{end}T00:00:00Z",
        "bill_payer_account_id": PAYER,
        "line_item_usage_start_date": begin,
        "line_item_usage_end_date": finish,
        "line_item_currency_code": "USD",
        "line_item_legal_entity": "Amazon Web Services, Inc.",
        "line_item_line_item_type": "Usage",
        "pricing_term": "OnDemand",
        **fields,
    }


def _usage(service: tuple[str, str], cost: Decimal, amount: object, unit: str) -> Line:
    return {
        "line_item_product_code": service[0],
        "product_product_name": service[1],
        "line_item_usage_amount": amount,
        "line_item_unblended_cost": cost,
        "pricing_public_on_demand_cost": cost,
        "pricing_unit": unit,
    }


def machine_lines(machine: Machine, days: list[date]) -> Iterator[Line]:
    """The hours of a machine and the GB of its volume, which costs while the machine stands still, too."""
    tags = tags_text(machine.tags)
    common: Line = {
        "line_item_usage_account_id": machine.account,
        "line_item_resource_id": machine.resource_id,
        "product_region_code": machine.region,
        "resource_tags": tags,
    }
    for day in days:
        if machine.ended and day >= machine.ended:
            break
        is_on = machine.state != "stopped" and (machine.works_weekends or day.weekday() < 5)
        if is_on:
            hours = machine.hours[1] - machine.hours[0]
            price = list_price("aws", machine.instance_type, machine.region, day)
            yield bill_line(
                day,
                machine.hours,
                **common,
                **_usage(_EC2, price * hours, hours, "Hrs"),
                line_item_usage_type=f"BoxUsage:{machine.instance_type}",
                line_item_operation="RunInstances",
                line_item_line_item_description=f"${price} per On Demand {machine.instance_type} Hour",
                product_product_family="Compute Instance",
                product_instance_type=machine.instance_type,
                product_operating_system="Linux",
            )
        if day.day == 1 or day == days[0]:
            yield from _volume(machine, day, days, common)


def volume_of(machine: Machine) -> str:
    """The id of the volume that a machine starts from."""
    return f"vol-{machine.resource_id[2:]}"


def orphan_lines(orphan: Orphan, days: list[date]) -> Iterator[Line]:
    """The GB of a volume that hangs on no machine; nobody tagged it."""
    common: Line = {
        "line_item_usage_account_id": orphan.account,
        "product_region_code": orphan.region,
        "resource_tags": "{}",
    }
    for day in days:
        if day.day == 1 or day == days[0]:
            until = min(month_of(day)[1], days[-1] + timedelta(days=1))
            yield _volume_line(orphan.resource_id, orphan.volume_gb, orphan.region, (day, until), common)


def _volume(machine: Machine, day: date, days: list[date], common: Line) -> Iterator[Line]:
    """The volume's part of the month that is in the period, on one line, as AWS bills it."""
    until = min(month_of(day)[1], days[-1] + timedelta(days=1), machine.ended or date.max)
    yield _volume_line(volume_of(machine), machine.volume_gb, machine.region, (day, until), common)


def _volume_line(volume: str, size_gb: int, region: str, period: tuple[date, date], common: Line) -> Line:
    day, until = period
    first, following = month_of(day)
    share = Decimal((until - day).days) / (following - first).days
    amount = (size_gb * share).quantize(Decimal("0.000001"))
    price = list_price("aws", "gp3", region, day)
    line = bill_line(
        day,
        (0, 24),
        **common,
        **_usage(_EC2, (amount * price).quantize(Decimal("0.0000000001")), amount, "GB-Mo"),
        line_item_usage_type="EBS:VolumeUsage.gp3",
        line_item_operation="CreateVolume-Gp3",
        line_item_line_item_description=f"${price} per GB-month of gp3 storage",
        product_product_family="Storage",
    )
    return {**line, "line_item_usage_end_date": f"{until}T00:00:00Z", "line_item_resource_id": volume}


def bucket_lines(bucket: Bucket, reads: str, days: list[date]) -> Iterator[Line]:
    """The GB of a bucket by day, and its reads: all objects of a hot one once a month, 1 % of a rare one."""
    tags = tags_text(bucket.tags)
    objects = {"hot": bucket.objects, "rare": bucket.objects // 100}.get(reads, 0)
    for day in days:
        first, following = month_of(day)
        amount = (Decimal(bucket.size_gb) / (following - first).days).quantize(Decimal("0.000001"))
        price = list_price("aws", bucket.storage_class, bucket.region, day)
        yield bill_line(
            day,
            (0, 24),
            **_usage(_S3, (amount * price).quantize(Decimal("0.0000000001")), amount, "GB-Mo"),
            line_item_usage_account_id=bucket.account,
            line_item_resource_id=bucket.name,
            line_item_usage_type=_STORED[bucket.storage_class],
            line_item_operation=_STORED_BY[bucket.storage_class],
            line_item_line_item_description=f"${price} per GB of {bucket.storage_class}",
            product_product_family="Storage",
            product_region_code=bucket.region,
            resource_tags=tags,
        )
        gets = objects // (following - first).days
        if gets:
            price = list_price("aws", "GetObject", bucket.region, day)
            yield bill_line(
                day,
                (0, 24),
                **_usage(_S3, (gets * price).quantize(Decimal("0.0000000001")), gets, "Requests"),
                line_item_usage_account_id=bucket.account,
                line_item_resource_id=bucket.name,
                line_item_usage_type="Requests-Tier2",
                line_item_operation="GetObject",
                line_item_line_item_description=f"${price} per GET and all other requests",
                product_product_family="API Request",
                product_region_code=bucket.region,
                resource_tags=tags,
            )


def gpu_line(machine: GpuMachine, day: date) -> Line:
    """The hours of a machine with GPUs, from nine in the morning on."""
    price = list_price("aws", machine.instance_type, machine.region, day)
    centre, projects = TEAMS[machine.team]
    return bill_line(
        day,
        (9, 9 + machine.hours),
        **_usage(_EC2, price * machine.hours, machine.hours, "Hrs"),
        line_item_usage_account_id=ACCOUNTS[2],
        line_item_resource_id=machine.resource_id,
        line_item_usage_type=f"BoxUsage:{machine.instance_type}",
        line_item_operation="RunInstances",
        line_item_line_item_description=f"${price} per On Demand {machine.instance_type} Hour",
        product_product_family="Compute Instance",
        product_instance_type=machine.instance_type,
        product_operating_system="Linux",
        product_region_code=machine.region,
        resource_tags=json.dumps(
            {"user_Team": machine.team, "user_CostCenter": centre, "user_Project": projects[0]}
        ),
    )


def shared_lines(days: list[date]) -> Iterator[Line]:
    """The shared infrastructure by day, and support and a credit once a month; nobody tagged those."""
    tags = json.dumps({"user_Team": "platform-team", "user_CostCenter": "CC-500", "user_Project": "shared"})
    for day in days:
        for name, machine, code, family, monthly in SHARED_INFRASTRUCTURE:
            yield bill_line(
                day,
                (0, 24),
                **_usage((code, code), part_of_month(monthly, day), 24, "Hrs"),
                line_item_usage_account_id=ACCOUNTS[0],
                line_item_resource_id=name,
                line_item_usage_type=f"BoxUsage:{machine}" if machine else name,
                line_item_operation="Shared",
                line_item_line_item_description=f"Shared infrastructure: {name}",
                product_product_family=family,
                product_instance_type=machine,
                product_region_code="us-east-1",
                resource_tags=tags,
            )
        if day.day == 1:
            # Support is paid for the month, the credit is given once.
            for kind, code, cost, end in (
                ("Fee", "AWSSupportBusiness", _SUPPORT, month_of(day)[1]),
                ("Credit", "AmazonEC2", _CREDIT, day + timedelta(days=1)),
            ):
                yield bill_line(
                    day,
                    (0, 24),
                    line_item_usage_end_date=f"{end}T00:00:00Z",
                    line_item_line_item_type=kind,
                    line_item_product_code=code,
                    line_item_usage_account_id=PAYER,
                    line_item_unblended_cost=cost,
                    line_item_line_item_description="AWS Support (Business)"
                    if kind == "Fee"
                    else "Promotional credit",
                )
