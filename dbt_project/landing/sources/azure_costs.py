"""Azure's cost and usage details, of enterprise and customer agreements, actual or amortised.

Amortised details have the price of a reservation or savings plan on the usage that it covers, and on lines of
what it was not used for; the actual ones have it on its purchase. Both of one month would count it twice.
"""

from __future__ import annotations

import json

from dbt_project.landing.bills.amounts import amount_or_unknown, decimal_of, product_of
from dbt_project.landing.bills.services import service_category
from dbt_project.landing.bills.tags import pairs_of, tags_text
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.source import LandedSource
from dbt_project.landing.sources.focus import FOCUS

# The name of a column in the details of today, with those that it had in others.
_READ: dict[str, tuple[str, ...]] = {
    "AdditionalInfo": (),
    "BenefitId": (),
    "BenefitName": (),
    "BillingAccountId": ("billingaccount",),
    "BillingAccountName": (),
    "BillingCurrency": ("billingcurrencycode", "currency", "currencycode"),
    "BillingPeriodEndDate": ("billingperiodend",),
    "BillingPeriodStartDate": ("billingperiodstart",),
    "ChargeType": (),
    "Cost": ("costinbillingcurrency", "pretaxcost", "extendedcost"),
    "Date": ("usagedate", "usagedatetime"),
    "Frequency": (),
    "InvoiceId": (),
    "MeterCategory": (),
    "MeterId": (),
    "MeterName": (),
    "MeterSubCategory": ("metersubcategory",),
    "PartNumber": (),
    "PayGPrice": (),
    "PricingCurrency": ("pricingcurrencycode",),
    "PricingModel": (),
    "ProductName": ("product",),
    "PublisherName": (),
    "Quantity": ("consumedquantity", "usagequantity"),
    "ReservationId": (),
    "ReservationName": (),
    "ResourceId": ("instanceid", "instancename"),
    "ResourceLocation": (),
    "ResourceName": (),
    "ServiceFamily": (),
    "SubscriptionId": ("subscriptionguid",),
    "SubscriptionName": (),
    "Tags": (),
    "UnitOfMeasure": (),
    "ConsumedService": (),
}
_CATEGORIES = {
    "": "Usage",
    "usage": "Usage",
    "unusedreservation": "Usage",
    "unusedsavingsplan": "Usage",
    "purchase": "Purchase",
    "tax": "Tax",
    "credit": "Credit",
    "refund": "Adjustment",
    "adjustment": "Adjustment",
    "roundingadjustment": "Adjustment",
}
_COMMITTED = frozenset({"reservation", "savingsplan"})


def shape_azure_costs(record: Fields) -> tuple[Fields, Fields]:
    """A line of the details in the columns of FOCUS; it is of a whole day."""
    kind = (as_text(record.get("ChargeType")) or "").strip().lower()
    pricing = (as_text(record.get("PricingModel")) or "").strip().lower()
    category = _CATEGORIES.get(kind, record.get("ChargeType"))
    commitment = as_text(record.get("BenefitId")) or as_text(record.get("ReservationId"))
    is_covered = category == "Usage" and (pricing in _COMMITTED or kind.startswith("unused"))
    is_plan = pricing == "savingsplan" or kind == "unusedsavingsplan"
    service = _service(record)
    family = as_text(record.get("ServiceFamily"))
    is_support = "support" in service.lower()
    return {
        # What a commitment covers was paid with the commitment.
        "BilledCost": "0"
        if is_covered and decimal_of(record.get("Cost")) is not None
        else record.get("Cost"),
        "EffectiveCost": record.get("Cost"),
        "ListCost": _list_cost(category, record),
        "BillingAccountId": record.get("BillingAccountId"),
        "BillingAccountName": record.get("BillingAccountName"),
        "BillingCurrency": record.get("BillingCurrency"),
        "BillingPeriodStart": record.get("BillingPeriodStartDate"),
        "BillingPeriodEnd": record.get("BillingPeriodEndDate"),
        "ChargeCategory": category,
        "ChargeDescription": record.get("ProductName") or record.get("MeterName"),
        "ChargeFrequency": record.get("Frequency"),
        "ChargePeriodStart": record.get("Date"),
        "x_IsWholeDay": "yes",
        "CommitmentDiscountId": commitment,
        "CommitmentDiscountName": record.get("BenefitName") or record.get("ReservationName"),
        "CommitmentDiscountCategory": ("Spend" if is_plan else "Usage") if commitment else None,
        "CommitmentDiscountType": ("Savings Plan" if is_plan else "Reservation") if commitment else None,
        "CommitmentDiscountStatus": ("Unused" if kind.startswith("unused") else "Used")
        if is_covered
        else None,
        "ConsumedQuantity": record.get("Quantity"),
        "ConsumedUnit": record.get("UnitOfMeasure"),
        "InvoiceId": record.get("InvoiceId"),
        "InvoiceIssuerName": "Microsoft",
        "PricingCategory": _pricing_category(category, pricing, is_covered=is_covered),
        "PricingQuantity": record.get("Quantity"),
        "PricingUnit": record.get("UnitOfMeasure"),
        "ProviderName": "Microsoft",
        "PublisherName": record.get("PublisherName") or "Microsoft",
        "RegionId": record.get("ResourceLocation"),
        "ResourceId": record.get("ResourceId"),
        "ResourceName": record.get("ResourceName"),
        "ResourceType": record.get("ConsumedService"),
        "ServiceCategory": "Other" if is_support else service_category(service, family),
        "ServiceName": service or family,
        "ServiceSubcategory": "Support" if is_support else None,
        "ServiceProviderName": "Microsoft",
        "HostProviderName": "Microsoft",
        "SkuId": record.get("PartNumber"),
        "SkuMeter": record.get("MeterName"),
        "SkuPriceDetails": _details(record),
        "SkuPriceId": record.get("MeterId"),
        "SubAccountId": record.get("SubscriptionId"),
        "SubAccountName": record.get("SubscriptionName"),
        "Tags": _tags(record.get("Tags")),
    }, {}


def _service(record: Fields) -> str:
    """The meter's category; calls of models have one of their own under which their calls are found, too."""
    if "openai" in (as_text(record.get("MeterSubCategory")) or "").lower():
        return "Azure OpenAI Service"
    return as_text(record.get("MeterCategory")) or ""


def _list_cost(category: object, record: Fields) -> object:
    """The quantity at the price of pay as you go, where it is stated in the currency of the bill."""
    currencies = {
        as_text(record.get(name))
        for name in ("PricingCurrency", "BillingCurrency")
        if as_text(record.get(name))
    }
    price = amount_or_unknown(record.get("PayGPrice"))
    if category != "Usage" or len(currencies) > 1 or not decimal_of(price):
        return None
    return product_of(record.get("Quantity"), price)


def _pricing_category(category: object, pricing: str, *, is_covered: bool) -> str | None:
    if category != "Usage":
        return None
    return "Committed" if is_covered else "Dynamic" if pricing == "spot" else "Standard"


def _details(record: Fields) -> str | None:
    """The type of a machine, which stands in the additional information."""
    found = dict(pairs_of(record.get("AdditionalInfo")) or [])
    machine = as_text(found.get("ServiceType"))
    return json.dumps({"InstanceType": machine}) if machine else None


def _tags(value: object) -> str | None:
    """Tags as JSON, or as the pairs of it without brackets, as enterprise agreements have them."""
    text = (as_text(value) or "").strip()
    pairs = pairs_of(value)
    if pairs is None and text.startswith('"'):
        pairs = pairs_of(f"{{{text}}}")
    return text or None if pairs is None else tags_text(pairs)


AZURE_COSTS = LandedSource(
    name="azure_costs",
    what="Azure cost and usage details",
    columns=FOCUS.columns,
    required=frozenset({"BillingPeriodStartDate", "Cost", "Date", "MeterCategory"}),
    aliases={spelling: name for name, others in _READ.items() for spelling in (name.lower(), *others)},
    shape=shape_azure_costs,
    money=FOCUS.money,
    months=FOCUS.months,
    comparison=FOCUS.comparison,
    lands_as=FOCUS.name,
)
