"""Record calls without OpenTelemetry: `python -m generator.examples.track_calls`.

Then `dbt build --project-dir dbt_project --vars 'sources: [otel]'` prices them.
"""

from __future__ import annotations

import sys

from dbt_project.landing.tracking import track_ai_call


def main() -> None:
    """Two calls of one run: the second fails and is not charged."""
    owner = {
        "customer_id": "cust_0001",
        "product_id": "assistant",
        "feature_id": "chat",
        "trace_id": "session-17",
    }
    answered = track_ai_call("openai", "gpt-4", 1200, 150, "0.045", 830, owner | {"cached_input_tokens": 800})
    failed = track_ai_call("openai", "gpt-4", latency_ms=30_000, metadata=owner | {"error_type": "timeout"})
    sys.stdout.write(f"recorded {answered} and {failed}\n")


if __name__ == "__main__":
    main()
