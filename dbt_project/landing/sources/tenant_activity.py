"""What tenants use beside tokens: storage, requests, transfer, e-mails, posts, support tickets, by day."""

from __future__ import annotations

from dbt_project.landing.same_rows import Comparison
from dbt_project.landing.source import LandedSource

TENANT_ACTIVITY = LandedSource(
    name="tenant_activity",
    what="activity of tenants",
    columns={
        "day": "time",
        "tenant": "text",
        "activity": "text",
        "driver": "text",
        "units": "number",
    },
    required=frozenset({"day", "tenant", "activity", "driver", "units"}),
    aliases={
        "date": "day",
        "usage_date": "day",
        "customer": "tenant",
        "customer_id": "tenant",
        "tenant_id": "tenant",
        "quantity": "units",
        "driver_units": "units",
    },
    comparison=Comparison("day", ("units",)),
)
