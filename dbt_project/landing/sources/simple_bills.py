"""Bills of providers without an export that is read here (RunPod, Lambda, CoreWeave ...), typed or converted.

One line per resource and day, or per stretch of time: what ran, for how many hours, at which rate, for what.
"""

from __future__ import annotations

import json

from dbt_project.landing.bills.amounts import product_of
from dbt_project.landing.bills.services import service_category
from dbt_project.landing.bills.tags import written_tags
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.focus import FOCUS

_READ: dict[str, tuple[str, ...]] = {
    "provider": ("provider_name",),
    "day": ("date", "start", "started_at", "usage_date"),
    "end": ("ended_at", "end_date"),
    "month": ("billing_month", "invoice_month"),
    "account": ("account_id", "account_name"),
    "resource": ("resource_id", "pod_id", "instance_id"),
    "instance_type": ("instance type", "gpu_type"),
    "gpus": ("gpu_count",),
    "hours": ("usage_hours",),
    "rate": ("hourly_rate", "price_per_hour"),
    "amount": ("cost", "total"),
    "currency": (),
    "region": (),
    "service": ("service_name",),
    "charge_category": ("category",),
    "description": (),
    "invoice_id": (),
    "tags": ("labels",),
}


def shape_simple_bill(record: Fields) -> tuple[Fields, Fields]:
    """A line in the columns of FOCUS; one without an amount costs its hours at their rate."""
    amount = record.get("amount")
    if as_text(amount) is None:
        amount = product_of(record.get("hours"), record.get("rate"))
    named = as_text(record.get("service"))
    service = named or f"{as_text(record.get('provider')) or ''} GPU Cloud".strip()
    machine = {
        name: text
        for name, text in (
            ("InstanceType", as_text(record.get("instance_type"))),
            ("GpuCount", as_text(record.get("gpus"))),
        )
        if text
    }
    has_end = as_text(record.get("end")) is not None
    return {
        "BilledCost": amount,
        "EffectiveCost": amount,
        "BillingAccountId": record.get("account"),
        "BillingCurrency": record.get("currency"),
        "BillingPeriodStart": record.get("month") or record.get("day"),
        "ChargeCategory": record.get("charge_category") or "Usage",
        "ChargeDescription": record.get("description"),
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": record.get("day"),
        "ChargePeriodEnd": record.get("end"),
        "x_IsWholeDay": None if has_end else "yes",
        "ConsumedQuantity": record.get("hours"),
        "ConsumedUnit": "Hours",
        "ContractedCost": amount,
        "ContractedUnitPrice": record.get("rate"),
        "InvoiceId": record.get("invoice_id"),
        "PricingCategory": "Standard",
        "PricingQuantity": record.get("hours"),
        "PricingUnit": "Hours",
        "ProviderName": record.get("provider"),
        "ServiceProviderName": record.get("provider"),
        "HostProviderName": record.get("provider"),
        "InvoiceIssuerName": record.get("provider"),
        "RegionId": record.get("region"),
        "ResourceId": record.get("resource"),
        "ServiceCategory": service_category(service) if named else "Compute",
        "ServiceName": service,
        "SkuMeter": record.get("instance_type"),
        "SkuPriceDetails": json.dumps(machine, sort_keys=True) if machine else None,
        "Tags": written_tags(record.get("tags")),
    }, {}


SIMPLE_BILLS = LandedSource(
    name="simple_bills",
    what="simple bills",
    columns=FOCUS.columns,
    required=frozenset({"provider", "day", "resource", "currency"}),
    aliases={spelling: name for name, others in _READ.items() for spelling in (name, *others)},
    shape=shape_simple_bill,
    money=FOCUS.money,
    months=FOCUS.months,
    comparison=FOCUS.comparison,
    lands_as=FOCUS.name,
)
