"""Google Cloud's billing export, standard or detailed, as BigQuery writes it to CSV, JSON or Parquet.

A line and each credit on it become charges of their own: their sum is what is to be paid.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from dbt_project.landing.bills.services import service_category
from dbt_project.landing.bills.tags import pairs_of, tags_text
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.landed_rows import Row
from dbt_project.landing.source import CALL_SUFFIXES, LandedSource
from dbt_project.landing.sources.focus import FOCUS

_CATEGORIES = {
    "regular": "Usage",
    "tax": "Tax",
    "adjustment": "Adjustment",
    "rounding_error": "Adjustment",
}
_LONGEST_CREDITS = 100_000
_MACHINE = "compute.googleapis.com/machine_spec"


def shape_gcp_billing(record: Fields) -> tuple[Fields, Fields]:
    """A line of the export, or a credit on one, in the columns of FOCUS."""
    kind = (as_text(record.get("cost_type")) or "regular").strip().lower()
    credit = record.get("credit")
    service = as_text(_of(record, "service", "description")) or ""
    start, end = _month(_of(record, "invoice", "month"))
    is_support = "support" in service.lower()
    category = "Credit" if credit else _CATEGORIES.get(kind, record.get("cost_type"))
    cost = credit.get("amount") if isinstance(credit, dict) else record.get("cost")
    said = credit.get("full_name") or credit.get("name") if isinstance(credit, dict) else None
    is_usage = category == "Usage"
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ListCost": record.get("cost_at_list") if is_usage else None,
        "BillingAccountId": record.get("billing_account_id"),
        "BillingCurrency": record.get("currency"),
        "BillingPeriodStart": start,
        "BillingPeriodEnd": end,
        "ChargeCategory": category,
        "ChargeDescription": said or _of(record, "sku", "description"),
        "ChargeFrequency": "Usage-Based" if is_usage else None,
        "ChargePeriodStart": record.get("usage_start_time"),
        "ChargePeriodEnd": record.get("usage_end_time"),
        "ConsumedQuantity": _of(record, "usage", "amount") if is_usage else None,
        "ConsumedUnit": _of(record, "usage", "unit") if is_usage else None,
        "InvoiceIssuerName": record.get("seller_name") or "Google Cloud",
        "PricingQuantity": _of(record, "usage", "amount_in_pricing_units") if is_usage else None,
        "PricingUnit": _of(record, "usage", "pricing_unit") if is_usage else None,
        "ProviderName": "Google Cloud",
        "PublisherName": record.get("seller_name") or "Google Cloud",
        "RegionId": _of(record, "location", "region"),
        "ResourceId": _of(record, "resource", "global_name") or _of(record, "resource", "name"),
        "ResourceName": _of(record, "resource", "name"),
        "ServiceCategory": "Other" if is_support else service_category(service),
        "ServiceName": service or None,
        "ServiceSubcategory": "Support" if is_support else None,
        "ServiceProviderName": "Google Cloud",
        "HostProviderName": "Google Cloud",
        "SkuId": _of(record, "sku", "id"),
        "SkuMeter": _of(record, "sku", "description"),
        "SkuPriceDetails": _details(record, credit),
        "SubAccountId": _of(record, "project", "id"),
        "SubAccountName": _of(record, "project", "name"),
        "Tags": _tags(record),
    }, {}


def _of(record: Fields, group: str, name: str) -> object:
    """A field of a group, which is a column of its own in CSV and one of a record elsewhere."""
    value = record.get(f"{group}.{name}", record.get(f"{group}_{name}"))
    inner = record.get(group)
    return inner.get(name) if value is None and isinstance(inner, dict) else value


def _month(value: object) -> tuple[str | None, str | None]:
    """First day of a month such as 202610, and of the one after it; as it is where it is none."""
    text = as_text(value)
    if text is None or len(text) != 6 or not text.isdigit() or not 1 <= int(text[4:]) <= 12:
        return text, None
    year, month = int(text[:4]), int(text[4:])
    following = f"{year + month // 12:04}-{month % 12 + 1:02}-01"
    return f"{year:04}-{month:02}-01", following


def _details(record: Fields, credit: object) -> str | None:
    """The type of the machine, and that of a credit: sustained use is a part of the price on demand."""
    machine = as_text(dict(pairs_of(record.get("system_labels")) or []).get(_MACHINE))
    kind = as_text(credit.get("type")) if isinstance(credit, dict) else None
    told = {name: text for name, text in (("InstanceType", machine), ("CreditType", kind)) if text}
    return json.dumps(told) if told else None


def _tags(record: Fields) -> str | None:
    """Labels of the project, and over them those of the resource; a text that is no list stays as it is."""
    pairs: list[tuple[str, object]] = []
    for value in (_of(record, "project", "labels"), record.get("labels")):
        found = pairs_of(value)
        if found is None:
            return as_text(value)
        pairs += found
    return tags_text(pairs)


def _credits(value: object) -> list[Fields] | None:
    """The credits of a line: JSON, a list, or a list as Python prints it; null for what is none of them."""
    text = as_text(value)
    if text is None:
        return []
    if isinstance(value, str):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            try:
                value = ast.literal_eval(text) if len(text) <= _LONGEST_CREDITS else None
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                return None
    if not isinstance(value, list) or not all(isinstance(each, dict) and "amount" in each for each in value):
        return None
    return value


class _GcpBilling(LandedSource):
    """The export, in which the credits of a line stand in one of its fields."""

    def rows(self, path: Path) -> Iterator[Row]:
        """The lines, each followed by its credits."""
        for line, record, problem in super().rows(path):
            credited = _credits(record.get("credits"))
            if credited is None:
                yield line, record, problem or "credits_malformed"
                continue
            yield line, record, problem
            for credit in credited:
                yield line, {**record, "credit": credit}, problem


GCP_BILLING = _GcpBilling(
    name="gcp_billing",
    what="Google Cloud's billing export",
    columns=FOCUS.columns,
    required=frozenset({"cost", "currency", "usage_end_time", "usage_start_time"}),
    suffixes=CALL_SUFFIXES,
    aliases={name: name for name in ("cost", "currency", "usage_end_time", "usage_start_time")},
    shape=shape_gcp_billing,
    money=FOCUS.money,
    months=FOCUS.months,
    comparison=FOCUS.comparison,
    lands_as=FOCUS.name,
)
