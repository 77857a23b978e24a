"""Customers and their monthly fees, as billing tools export them."""

from __future__ import annotations

from typing import Any

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.same_rows import Comparison
from dbt_project.landing.source import LandedSource

Fields = dict[str, Any]


def shape_customer(record: Fields) -> tuple[Fields, Fields]:
    """The fields as they are; ValueError for a fee in another currency, which would be taken for dollars."""
    currency = str(as_text(record.get("currency")) or "USD").strip().upper()
    if currency != "USD":
        raise ValueError(f"the fee is in {currency}; fees are read in USD, so convert them first")
    return record, {}


_CUSTOMER_COLUMNS = {
    "customer_id": "text",
    "customer_name": "text",
    "organization_id": "text",
    "subscription_tier": "text",
    "monthly_fee": "number",
    "usage_archetype": "text",
    "signup_date": "time",
    "churned_date": "time",
    "region": "text",
    "currency": "text",
}

# What a column probably is that has one of these words in its name, or one that begins with it.
_LIKELY = {
    **dict.fromkeys(
        ("end", "ends", "ended", "until", "cancel", "churn", "terminat", "expir", "closed", "left", "lapsed"),
        "churned_date",
    ),
    **dict.fromkeys(
        ("start", "begin", "began", "since", "signup", "signed", "sign", "joined", "created", "registered"),
        "signup_date",
    ),
    **dict.fromkeys(("fee", "mrr", "price", "amount", "monthly", "revenue", "charge", "rate"), "monthly_fee"),
    **dict.fromkeys(("plan", "tier", "package", "edition", "product", "level"), "subscription_tier"),
    **dict.fromkeys(("currency", "ccy"), "currency"),
    **dict.fromkeys(("region", "country", "territory"), "region"),
    **dict.fromkeys(("organization", "organisation", "org", "parent"), "organization_id"),
    **dict.fromkeys(("name", "company", "account"), "customer_name"),
}

# Fees that customers pay, one row per customer. The aliases are what billing tools call the same.
CUSTOMERS = LandedSource(
    name="customers",
    what="customers",
    columns=_CUSTOMER_COLUMNS,
    required=frozenset({"customer_id", "monthly_fee", "signup_date"}),
    aliases={
        "customer": "customer_id",
        "name": "customer_name",
        "organization": "organization_id",
        "plan": "subscription_tier",
        "plan_name": "subscription_tier",
        "tier": "subscription_tier",
        "fee": "monthly_fee",
        "monthly_fee_usd": "monthly_fee",
        "mrr": "monthly_fee",
        "start_date": "signup_date",
        "started_at": "signup_date",
        "end_date": "churned_date",
        "ended_at": "churned_date",
        "canceled_at": "churned_date",
        "cancelled_at": "churned_date",
    },
    shape=shape_customer,
    mapped=frozenset(_CUSTOMER_COLUMNS),
    maps_columns=True,
    likely=_LIKELY,
    money=Money({"monthly_fee": "currency"}, "USD"),
    comparison=Comparison(),
)
