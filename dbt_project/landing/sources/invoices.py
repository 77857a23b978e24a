"""Invoice totals: what a provider billed for a month, typed in by hand."""

from __future__ import annotations

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.same_rows import Comparison
from dbt_project.landing.source import LandedSource

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
    money=Money({"amount": "currency"}),
    comparison=Comparison("month", ("amount",), "invoice_id"),
)
