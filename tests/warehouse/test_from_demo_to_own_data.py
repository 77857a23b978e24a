"""A user's first day in one warehouse: the demo, then files of their own, more of them, and the demo again.

No step needs `--full-refresh`, and no figure of a source that is off stays behind.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.landing.test_otlp_documents import document, span
from tests.warehouse.test_exports_as_sources import logged
from tests.warehouse.test_incremental_days import contents
from tests.workspace import Workspace

# Costs that only exact arithmetic adds up, on days within the demo's period and after it.
LOG = [
    logged("first", spend="0.1", startTime="2026-10-05 09:00:00", endTime="2026-10-05 09:00:02"),
    logged("second", spend="0.2", startTime="2026-10-05 23:59:59", endTime="2026-10-06 00:00:01"),
    logged("small", spend="0.000000000123", startTime="2026-11-03 10:00:00", endTime="2026-11-03 10:00:01"),
    logged("stranger", spend="123.678901234567", end_user="nobody-we-know", startTime="2026-11-04 20:00:00", endTime="2026-11-04 20:00:01"),
]  # fmt: skip
LOG_USD = Decimal("123.978901234690")
OBSERVATION: dict[str, Any] = {
    "id": "generation", "trace_id": "t1", "type": "GENERATION", "user_id": "beta",
    "start_time": "2026-11-04T12:00:00Z", "end_time": "2026-11-04T12:00:01Z", "provided_model_name": "claude-opus-4",
    "usage_details": {"input": 60, "output": 20}, "cost_details": {"total": 0.25},
}  # fmt: skip
# 2026-10-26; a list cost alone: 1000 x 0.00003 + 100 x 0.00006 USD.
SPAN = span(
    1, gen_ai__operation__name="chat", gen_ai__provider__name="openai", gen_ai__response__model="gpt-4",
    gen_ai__usage__input_tokens=1000, gen_ai__usage__output_tokens=100, customer__id="acme",
)  # fmt: skip
BY_SOURCE = """
    select source_name, sum(calls)::int, sum(input_tokens)::int, sum(output_tokens)::int, sum(billed_cost_usd), sum(effective_cost_usd)
    from core.fct_usage_daily group by 1 order by 1
"""
READ = "select source, sum(rows_read)::int, sum(rows_accepted)::int, sum(abs(difference_usd)) from core.rpt_reconciliation group by 1 order by 1"

SAID_OF_OWN_FILES = ("generated_calls_beside_own", "files_switched_off")
SWITCHED_OFF = f"select check_name, affected_calls::int from core.rpt_data_quality where check_name in {SAID_OF_OWN_FILES} order by 1"


def test_own_data_after_the_demo_and_back_again(workspace: Workspace) -> None:
    demo = contents(workspace)
    write_own_files(workspace)

    workspace.build("--vars", "{sources: [litellm, customers]}")
    litellm = ("litellm", 4, 4000, 400, LOG_USD, LOG_USD)
    assert workspace.query(BY_SOURCE) == [litellm]
    assert workspace.query(READ) == [("litellm", 4, 4, 0)]
    assert_nothing_of_the_demo_is_left(workspace)
    assert workspace.query("select customer_id from core.dim_customers order by 1") == [
        ("acme",), ("beta",), ("nobody-we-know",),
    ]  # fmt: skip
    assert workspace.query(
        "select customer_id, sum(cost_to_serve_usd) from margin.fct_customer_margins_daily group by 1 order by 1"
    ) == [("acme", Decimal("0.300000000123")), ("beta", 0)]
    assert workspace.query("select call_id from core.fct_calls order by 1") == [
        ("first",), ("second",), ("small",), ("stranger",),
    ]  # fmt: skip

    workspace.build("--vars", "{sources: [litellm, langfuse, otel, customers]}")
    assert workspace.query(BY_SOURCE) == [
        ("langfuse", 1, 60, 20, Decimal("0.25"), Decimal("0.25")),
        litellm,
        ("otel", 1, 1000, 100, None, Decimal("0.036")),
    ]
    assert workspace.query(READ) == [("langfuse", 1, 1, 0), ("litellm", 4, 4, 0), ("otel", 1, 1, 0)]
    assert_nothing_of_the_demo_is_left(workspace)

    workspace.build()
    # The files that are switched off now are said, and are in no figure.
    assert workspace.query(SWITCHED_OFF) == [("files_switched_off", 4), ("generated_calls_beside_own", 4)]
    demo, again = without(demo, SAID_OF_OWN_FILES), without(contents(workspace), SAID_OF_OWN_FILES)
    assert again.keys() == demo.keys()
    for name, rows in demo.items():
        assert again[name] == rows, name


def without(
    tables: dict[str, set[tuple[object, ...]]], check_names: Iterable[str]
) -> dict[str, set[tuple[object, ...]]]:
    """The rows of the tables but for those of one check of data quality."""
    return {
        name: {row for row in rows if not any(check in str(row) for check in check_names)}
        for name, rows in tables.items()
    }


def write_own_files(workspace: Workspace) -> None:
    """An export of each kind beside the demo's calls."""
    for name in ("litellm", "langfuse", "otel", "customers"):
        (workspace.raw / name).mkdir()
    with (workspace.raw / "litellm" / "spend.csv").open("w", newline="") as text:
        writer = csv.DictWriter(text, list(LOG[0]))
        writer.writeheader()
        writer.writerows(LOG)
    (workspace.raw / "langfuse" / "observations.json").write_text(json.dumps([OBSERVATION]))
    (workspace.raw / "otel" / "spans.json").write_text(json.dumps(document(SPAN)))
    (workspace.raw / "customers" / "billing.csv").write_text(
        "customer_id,plan,monthly_fee,signup_date\nacme,pro,310,2026-01-15\nbeta,starter,62,2026-10-02\n"
    )


def assert_nothing_of_the_demo_is_left(workspace: Workspace) -> None:
    """No mart names a customer of the generator, whatever it is made of."""
    found: dict[str, Any] = {
        name: next(row for row in rows if "'cust_" in str(row))
        for name, rows in contents(workspace).items()
        if any("'cust_" in str(row) for row in rows)
    }
    assert found == {}
