"""Bills of any provider, FOCUS 1.0 to 1.4."""

from __future__ import annotations

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.same_rows import Comparison
from dbt_project.landing.source import LandedSource

_FOCUS_COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
_FOCUS_PRICES = (
    "ContractedUnitPrice",
    "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
)
# What a version or a provider does not have reads as null. Columns with the prefix x_ are those of this
# project's own export, and what readers of other formats add: that a line without an end is of a whole day,
# what else its cost is part of, and from when to when the commitment runs that covers it.
FOCUS = LandedSource(
    name="focus",
    what="FOCUS charges",
    columns={
        "BilledCost": "number",
        "BillingAccountId": "text",
        "BillingAccountName": "text",
        "BillingCurrency": "text",
        "BillingPeriodEnd": "time",
        "BillingPeriodStart": "time",
        "ChargeCategory": "text",
        "ChargeClass": "text",
        "ChargeDescription": "text",
        "ChargeFrequency": "text",
        "ChargePeriodEnd": "time",
        "ChargePeriodStart": "time",
        "CommitmentDiscountCategory": "text",
        "CommitmentDiscountId": "text",
        "CommitmentDiscountName": "text",
        "CommitmentDiscountQuantity": "number",
        "CommitmentDiscountStatus": "text",
        "CommitmentDiscountType": "text",
        "CommitmentDiscountUnit": "text",
        "CommitmentProgramEligibilityDetails": "text",
        "ConsumedQuantity": "number",
        "ConsumedUnit": "text",
        "ContractedCost": "number",
        "ContractedUnitPrice": "number",
        "EffectiveCost": "number",
        "HostProviderName": "text",
        "InvoiceId": "text",
        "InvoiceIssuerName": "text",
        "ListCost": "number",
        "ListUnitPrice": "number",
        "PricingCategory": "text",
        "PricingCurrency": "text",
        "PricingCurrencyContractedUnitPrice": "number",
        "PricingCurrencyEffectiveCost": "number",
        "PricingCurrencyListUnitPrice": "number",
        "PricingQuantity": "number",
        "PricingUnit": "text",
        "ProviderName": "text",
        "PublisherName": "text",
        "RegionId": "text",
        "ResourceId": "text",
        "ResourceName": "text",
        "ResourceType": "text",
        "ServiceCategory": "text",
        "ServiceName": "text",
        "ServiceProviderName": "text",
        "ServiceSubcategory": "text",
        "SkuId": "text",
        "SkuMeter": "text",
        "SkuPriceDetails": "text",
        "SkuPriceId": "text",
        "SubAccountId": "text",
        "SubAccountName": "text",
        "Tags": "text",
        "x_CommitmentEnd": "time",
        "x_CommitmentStart": "time",
        "x_EstimatedColumns": "text",
        "x_IsWholeDay": "text",
        "x_NodeId": "text",
        "x_RepeatsCostOf": "text",
        "x_TokenClass": "text",
    },
    # What every version has and no charge can be placed or summed without.
    required=frozenset(
        {
            "BilledCost",
            "BillingPeriodStart",
            "ChargeCategory",
            "ChargePeriodEnd",
            "ChargePeriodStart",
            "EffectiveCost",
        }
    ),
    months=(("BillingPeriodStart", "BillingPeriodEnd"),),
    money=Money(
        {
            name: "PricingCurrency" if name.startswith("PricingCurrency") else "BillingCurrency"
            for name in (*_FOCUS_COSTS, *_FOCUS_PRICES)
        }
    ),
    comparison=Comparison("ChargePeriodStart", _FOCUS_COSTS),
)
