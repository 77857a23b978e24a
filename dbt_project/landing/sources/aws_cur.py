"""AWS cost and usage reports, the first layout and CUR 2.0, amortised line by line as AWS's own views do it.

A line that a savings plan covers costs what the plan charges for it, one that a reservation covers what the
reservation does; what a commitment was not used for stays in the line of its fee, and the money that was paid
for it before or beside is no effective cost once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from dbt_project.landing.bills.amounts import amount_or_unknown, decimal_of, total
from dbt_project.landing.bills.services import service_category
from dbt_project.landing.bills.tags import pairs_of, tags_text
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.landed_rows import Row
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.focus import FOCUS

_READ = (
    "bill_billing_entity",
    "bill_billing_period_end_date",
    "bill_billing_period_start_date",
    "bill_invoice_id",
    "bill_payer_account_id",
    "bill_payer_account_name",
    "line_item_currency_code",
    "line_item_legal_entity",
    "line_item_line_item_description",
    "line_item_line_item_type",
    "line_item_operation",
    "line_item_product_code",
    "line_item_resource_id",
    "line_item_unblended_cost",
    "line_item_net_unblended_cost",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
    "line_item_usage_amount",
    "line_item_usage_end_date",
    "line_item_usage_start_date",
    "line_item_usage_type",
    "pricing_public_on_demand_cost",
    "pricing_term",
    "pricing_unit",
    "product",
    "product_instance_type",
    "product_operating_system",
    "product_product_family",
    "product_product_name",
    "product_region",
    "product_region_code",
    "product_sku",
    "product_tenancy",
    "reservation_effective_cost",
    "reservation_end_time",
    "reservation_reservation_a_r_n",
    "reservation_start_time",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_recurring_fee",
    "resource_tags",
    "savings_plan_end_time",
    "savings_plan_offering_type",
    "savings_plan_savings_plan_a_r_n",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_start_time",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
)
_SECTIONS = {
    "bill": "bill", "line_item": "lineitem", "pricing": "pricing", "product": "product",
    "reservation": "reservation", "savings_plan": "savingsplan",
}  # fmt: skip
_TAG_PREFIXES = ("resourcetags/", "resource_tags_")
# Lines that say how the cost of an instance falls on its containers: the instance has its own line.
_SPLIT_OPERATIONS = frozenset({"ekspod-ec2", "ecstask-ec2"})
_CATEGORIES = {
    "usage": "Usage",
    "discountedusage": "Usage",
    "savingsplancoveredusage": "Usage",
    "fee": "Purchase",
    "rifee": "Purchase",
    "savingsplanrecurringfee": "Purchase",
    "savingsplanupfrontfee": "Purchase",
    "tax": "Tax",
    "credit": "Credit",
    "refund": "Adjustment",
    "savingsplannegation": "Adjustment",
}


_PLANS = {
    "ec2instancesavingsplans": "EC2 Instance Savings Plan",
    "computesavingsplans": "Compute Savings Plan",
    "sagemakersavingsplans": "SageMaker Savings Plan",
}


def _plan(record: Fields) -> str:
    """Which savings plan it is, where the report says it."""
    return _PLANS.get(
        (as_text(record.get("savings_plan_offering_type")) or "").strip().lower(), "Savings Plan"
    )


def _aliases() -> dict[str, str]:
    """The names of the first layout: `lineItem/UsageStartDate` is `line_item_usage_start_date`."""
    names = {name: name for name in _READ}
    for name in _READ:
        section = next((each for each in _SECTIONS if name.startswith(f"{each}_")), None)
        if section:
            names[f"{_SECTIONS[section]}/{name.removeprefix(f'{section}_').replace('_', '')}"] = name
    return names


def shape_aws_cur(record: Fields) -> tuple[Fields, Fields]:
    """A line of a report in the columns of FOCUS."""
    kind = (as_text(record.get("line_item_line_item_type")) or "").strip().lower()
    product = dict(pairs_of(record.get("product")) or [])
    code = as_text(record.get("line_item_product_code")) or ""
    family = _of(record, product, "product_family")
    usage_type = as_text(record.get("line_item_usage_type")) or ""
    is_support = "support" in code.lower()
    is_split = (as_text(record.get("line_item_operation")) or "").lower() in _SPLIT_OPERATIONS
    plan = as_text(record.get("savings_plan_savings_plan_a_r_n"))
    reservation = as_text(record.get("reservation_reservation_a_r_n"))
    shaped = {
        "BilledCost": record.get("line_item_unblended_cost"),
        "EffectiveCost": _effective(kind, code, record),
        "ListCost": _list_cost(kind, record),
        "BillingAccountId": record.get("bill_payer_account_id"),
        "BillingAccountName": record.get("bill_payer_account_name"),
        "BillingCurrency": record.get("line_item_currency_code"),
        "BillingPeriodStart": record.get("bill_billing_period_start_date"),
        "BillingPeriodEnd": record.get("bill_billing_period_end_date"),
        "ChargeCategory": _category(kind, record),
        "ChargeDescription": record.get("line_item_line_item_description"),
        "ChargeFrequency": _frequency(kind),
        "ChargePeriodStart": record.get("line_item_usage_start_date"),
        "ChargePeriodEnd": record.get("line_item_usage_end_date"),
        "CommitmentDiscountId": plan or reservation,
        "CommitmentDiscountCategory": "Spend" if plan else "Usage" if reservation else None,
        "CommitmentDiscountType": _plan(record) if plan else "Reserved Instance" if reservation else None,
        "CommitmentDiscountStatus": _status(kind),
        "ConsumedQuantity": record.get("line_item_usage_amount"),
        "ConsumedUnit": record.get("pricing_unit"),
        "InvoiceId": record.get("bill_invoice_id"),
        "InvoiceIssuerName": record.get("line_item_legal_entity") or record.get("bill_billing_entity"),
        "PricingCategory": _pricing_category(kind, record, usage_type),
        "PricingQuantity": record.get("line_item_usage_amount"),
        "PricingUnit": record.get("pricing_unit"),
        "ProviderName": "AWS",
        "PublisherName": record.get("bill_billing_entity"),
        "RegionId": _of(record, product, "region_code") or _of(record, product, "region"),
        "ResourceId": record.get("line_item_resource_id"),
        "ResourceType": family,
        "ServiceCategory": "Other" if is_support else _service_category(usage_type, family, code),
        "ServiceName": _name(_of(record, product, "product_name") or code),
        "ServiceSubcategory": "Support" if is_support else None,
        "ServiceProviderName": "AWS",
        "HostProviderName": "AWS",
        "SkuId": _of(record, product, "sku"),
        "SkuMeter": usage_type,
        "SkuPriceDetails": _details(record, product),
        "SubAccountId": record.get("line_item_usage_account_id"),
        "SubAccountName": record.get("line_item_usage_account_name"),
        "Tags": _tags(record),
        **_term(record, "savings_plan" if plan else "reservation"),
        "x_RepeatsCostOf": "its instance" if is_split else None,
    }  # fmt: skip
    return shaped, {}


def _service_category(usage_type: str, family: str | None, code: str) -> str:
    """Of what FOCUS names, by the family of the product.

    The family tells the storage of machines from the machines; where it says no more than that something
    runs on one, as "Cache Instance" or "ML Instance" do, the service says what.
    """
    category = service_category(_transfer(usage_type), family, code)
    of_service = service_category(code)
    return of_service if category == "Compute" and of_service != "Other" else category


def _category(kind: str, record: Fields) -> object:
    """In the words of FOCUS; a line of a kind that nobody knows is refused with the word that it has."""
    is_discount = kind.endswith("discount")
    return _CATEGORIES.get(kind, "Credit" if is_discount else record.get("line_item_line_item_type"))


def _effective(kind: str, code: str, record: Fields) -> object:
    is_paid_upfront = (
        kind in ("savingsplannegation", "savingsplanupfrontfee")
        or (kind == "fee" and as_text(record.get("reservation_reservation_a_r_n")) is not None)
        or (kind == "refund" and "savingsplan" in code.lower())
    )
    if is_paid_upfront:
        return "0"
    match kind:
        case "savingsplancoveredusage":
            return record.get("savings_plan_savings_plan_effective_cost")
        case "savingsplanrecurringfee":
            committed = record.get("savings_plan_total_commitment_to_date")
            return total(committed, less=record.get("savings_plan_used_commitment"))
        case "discountedusage":
            return record.get("reservation_effective_cost")
        case "rifee":
            upfront = record.get("reservation_unused_amortized_upfront_fee_for_billing_period")
            return total(upfront, record.get("reservation_unused_recurring_fee"))
    return record.get("line_item_unblended_cost")


def _list_cost(kind: str, record: Fields) -> object:
    """The price on demand, of usage alone: what is paid for a commitment is none of it."""
    if _CATEGORIES.get(kind) == "Usage":
        return amount_or_unknown(record.get("pricing_public_on_demand_cost"))
    return None


def _term(record: Fields, commitment: str) -> dict[str, object]:
    """From when to when the commitment of the line runs, where the report says so."""
    return {
        "x_CommitmentStart": record.get(f"{commitment}_start_time"),
        "x_CommitmentEnd": record.get(f"{commitment}_end_time"),
    }


def _frequency(kind: str) -> str:
    if kind in ("rifee", "savingsplanrecurringfee"):
        return "Recurring"
    return "One-Time" if kind in ("fee", "savingsplanupfrontfee", "refund", "credit") else "Usage-Based"


def _status(kind: str) -> str | None:
    if kind in ("savingsplancoveredusage", "discountedusage"):
        return "Used"
    return "Unused" if kind in ("savingsplanrecurringfee", "rifee") else None


def _pricing_category(kind: str, record: Fields, usage_type: str) -> str | None:
    if _CATEGORIES.get(kind) != "Usage":
        return None
    if kind != "usage":
        return "Committed"
    is_spot = (
        as_text(record.get("pricing_term")) or ""
    ).lower() == "spot" or "spotusage" in usage_type.lower()
    return "Dynamic" if is_spot else "Standard"


def _of(record: Fields, product: Fields, name: str) -> str | None:
    """A property of the product, which has a column of its own or is one of a map."""
    return as_text(record.get(f"product_{name}")) or as_text(product.get(name))


def _transfer(usage_type: str) -> str | None:
    return "data transfer" if "datatransfer" in usage_type.lower() or "-bytes" in usage_type.lower() else None


# Some lines name the code in place of the product: by both names a service would stand there twice.
_NAMES = {
    "AmazonBedrock": "Amazon Bedrock",
    "AmazonEC2": "Amazon Elastic Compute Cloud",
    "AmazonECS": "Amazon Elastic Container Service",
    "AmazonEFS": "Amazon Elastic File System",
    "AmazonEKS": "Amazon Elastic Container Service for Kubernetes",
    "AmazonElastiCache": "Amazon ElastiCache",
    "AmazonRDS": "Amazon Relational Database Service",
    "AmazonS3": "Amazon Simple Storage Service",
    "AmazonVPC": "Amazon Virtual Private Cloud",
    "AWSBackup": "AWS Backup",
    "AWSDataTransfer": "AWS Data Transfer",
    "AWSELB": "Elastic Load Balancing",
    "AWSLambda": "AWS Lambda",
    "AWSSupportBusiness": "AWS Support (Business)",
}


def _name(product: str) -> str:
    """The name of a product, which may be its code."""
    return _NAMES.get(product, product)


def _details(record: Fields, product: Fields) -> str | None:
    """What FOCUS calls the properties of a price."""
    found = {
        "InstanceType": _of(record, product, "instance_type"),
        "OperatingSystem": _of(record, product, "operating_system"),
        "Tenancy": _of(record, product, "tenancy"),
    }
    return tags_text((key, value) for key, value in found.items() if value)


def _tags(record: Fields) -> str | None:
    """Tags of the one map of CUR 2.0, or of the columns of the first layout, without AWS's prefix `user:`.

    In the columns an empty value cannot be told from no tag.
    """
    kept = pairs_of(record.get("resource_tags"))
    if kept is None:
        return as_text(record.get("resource_tags"))
    pairs = [(_tag_key(key), value) for key, value in kept]
    for name, value in record.items():
        key = _tag_of_column(name)
        if key and as_text(value) is not None:
            pairs.append((key, value))
    return tags_text(pairs)


@lru_cache(maxsize=10_000)
def _tag_of_column(name: str) -> str | None:
    """The key that a column of the first layout has the values of."""
    prefix = next((each for each in _TAG_PREFIXES if name.lower().startswith(each)), None)
    return _tag_key(name[len(prefix) :]) if prefix else None


def _tag_key(key: str) -> str:
    for prefix in ("user:", "user_"):
        if key.startswith(prefix):
            return key[len(prefix) :]
    return key


class _AwsCur(LandedSource):
    """A report; where its fees do not say what of a savings plan was used, the lines of the hour do."""

    def rows(self, path: Path) -> Iterator[Row]:
        """The lines, with the commitment and what was used of it in those of the fees."""
        used: dict[tuple[object, ...], Decimal] = defaultdict(Decimal)
        for _, record, _ in super().rows(path):
            if "savings_plan_used_commitment" in record:
                yield from super().rows(path)
                return
            if _kind(record) == "savingsplancoveredusage":
                used[_hour(record)] += decimal_of(record.get("savings_plan_savings_plan_effective_cost")) or 0
        for line, record, problem in super().rows(path):
            if _kind(record) == "savingsplanrecurringfee":
                fee = decimal_of(record.get("line_item_unblended_cost"))
                taken = min(used[_hour(record)], fee or Decimal(0))
                used[_hour(record)] -= taken
                record["savings_plan_total_commitment_to_date"] = record.get("line_item_unblended_cost")
                record["savings_plan_used_commitment"] = taken
            yield line, record, problem


def _kind(record: Fields) -> str:
    return (as_text(record.get("line_item_line_item_type")) or "").strip().lower()


def _hour(record: Fields) -> tuple[object, ...]:
    return (
        as_text(record.get("bill_payer_account_id")),
        as_text(record.get("line_item_usage_start_date")),
        as_text(record.get("savings_plan_savings_plan_a_r_n")),
    )


AWS_CUR = _AwsCur(
    name="aws_cur",
    what="AWS cost and usage reports",
    columns=FOCUS.columns,
    required=frozenset(
        {
            "bill_billing_period_start_date",
            "line_item_line_item_type",
            "line_item_product_code",
            "line_item_unblended_cost",
            "line_item_usage_end_date",
            "line_item_usage_start_date",
        }
    ),
    aliases=_aliases(),
    shape=shape_aws_cur,
    money=FOCUS.money,
    months=FOCUS.months,
    comparison=FOCUS.comparison,
    lands_as=FOCUS.name,
)
