"""What customers were invoiced and what they paid, as an accounting or billing tool exports it."""

from __future__ import annotations

from dbt_project.landing.column_conventions import Money
from dbt_project.landing.same_rows import Comparison
from dbt_project.landing.source import LandedSource

BILLING = LandedSource(
    name="billing",
    what="invoices to customers and payments",
    columns={
        "document_type": "text",
        "document_id": "text",
        "customer_id": "text",
        "document_date": "time",
        "amount": "number",
        "currency": "text",
    },
    required=frozenset({"document_type", "customer_id", "document_date", "amount", "currency"}),
    aliases={
        "type": "document_type",
        "kind": "document_type",
        "id": "document_id",
        "number": "document_id",
        "customer": "customer_id",
        "date": "document_date",
        "created": "document_date",
        "total": "amount",
        "ccy": "currency",
    },
    money=Money({"amount": "currency"}),
    comparison=Comparison("document_date", ("amount",), "document_id"),
)
