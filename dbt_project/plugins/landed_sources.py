"""The sources that can be switched on beside the calls, with the columns that staging reads of each."""

from __future__ import annotations

from landing import LandedSource

# FOCUS 1.0 to 1.3: what a version or a provider does not have reads as null. Columns with the prefix x_ are
# those of this project's own export.
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
        "x_EstimatedColumns": "text",
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
)

INVOICES = LandedSource(
    name="invoices",
    what="provider invoices",
    columns={
        "provider": "text",
        "month": "month",
        "amount": "number",
        "currency": "text",
        "invoice_id": "text",
    },
    required=frozenset({"provider", "month", "amount", "currency"}),
)

LANDED_SOURCES = (FOCUS, INVOICES)
