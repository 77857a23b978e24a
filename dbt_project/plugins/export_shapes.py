"""Customers of billing tools' exports, brought into columns."""

from __future__ import annotations

from typing import Any

from field_values import as_text

Fields = dict[str, Any]


def shape_customer(record: Fields) -> tuple[Fields, Fields]:
    """The fields as they are; ValueError for a fee in another currency, which would be taken for dollars."""
    currency = str(as_text(record.get("currency")) or "USD").strip().upper()
    if currency != "USD":
        raise ValueError(f"the fee is in {currency}; fees are read in USD, so convert them first")
    return record, {}
