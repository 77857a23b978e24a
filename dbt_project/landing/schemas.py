"""The raw records of calls and customers: the columns of their files, and those that a file must have.

The generator writes them, landing checks files of any hand against them, staging reads them.
"""

from __future__ import annotations

import pyarrow as pa

# The raw call record. Columns that are not required read as null where a file lacks them.
CALL_SCHEMA = pa.schema(
    [
        ("timestamp", pa.timestamp("us")),
        ("provider", pa.string()),
        ("model", pa.string()),
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("cost_usd", pa.decimal128(18, 9)),
        ("latency_ms", pa.int64()),
        ("customer_id", pa.string()),
        ("organization_id", pa.string()),
        ("product_id", pa.string()),
        ("feature_id", pa.string()),
        ("task_type", pa.string()),
        ("subscription_tier", pa.string()),
        ("call_id", pa.string()),
        ("trace_id", pa.string()),
        ("status", pa.string()),
        ("cached_input_tokens", pa.int64()),
        ("service_tier", pa.string()),
        ("quality_score", pa.float64()),
        ("environment", pa.string()),
        ("region", pa.string()),
        ("agent_id", pa.string()),
    ]
)
REQUIRED_CALL_COLUMNS = frozenset(
    {
        "call_id",
        "timestamp",
        "provider",
        "model",
        "input_tokens",
        "output_tokens",
        "cost_usd",
        "customer_id",
        "product_id",
        "feature_id",
        "task_type",
    }
)
# The raw customer record, with what may be absent from it.
CUSTOMER_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("customer_name", pa.string()),
        ("organization_id", pa.string()),
        ("subscription_tier", pa.string()),
        ("monthly_fee", pa.decimal128(18, 2)),
        ("usage_archetype", pa.string()),
        ("signup_date", pa.date32()),
        ("churned_date", pa.date32()),
        ("region", pa.string()),
    ]
)
REQUIRED_CUSTOMER_COLUMNS = frozenset({"customer_id", "subscription_tier", "monthly_fee", "signup_date"})
