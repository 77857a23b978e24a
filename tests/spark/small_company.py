"""Raw data of a small company with every source on, for builds on both engines."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from tests.landing.test_otlp_documents import document
from tests.real_files import FOLDER
from tests.warehouse import test_charges, test_exports_as_sources, test_otel
from tests.workspace import Workspace

SOURCES = ["calls", "otel", "litellm", "langfuse", "customers", "focus", "invoices", "billing"]
BILLED_BY_THEMSELVES = {"acme": "31.00", "beta": "62.00", "other": "9.50"}


def write_small_company(workspace: Workspace, customers: int, days: int) -> None:
    """Generated calls, and beside them files of each other source: good, odd and broken records."""
    workspace.generate(customers, days)
    raw = workspace.raw
    for name in SOURCES[1:]:
        (raw / name).mkdir()
    with (raw / "litellm" / "old.csv").open("w", newline="") as text:
        writer = csv.DictWriter(text, test_exports_as_sources.OLD_COLUMNS)
        writer.writeheader()
        writer.writerows(test_exports_as_sources.OLD)
    (raw / "litellm" / "new.jsonl").write_text("\n".join(test_exports_as_sources.NEW))
    (raw / "langfuse" / "observations.json").write_text(json.dumps(test_exports_as_sources.OBSERVATIONS))
    run = document(
        *test_otel.RUN,
        customer__id="other",
        product__id="agents",
        feature__id="agent_run",
        team__id="research",
    )
    (raw / "otel" / "run.json").write_text(json.dumps(run))
    (raw / "focus" / "bad.csv").write_text(test_charges.BAD)
    for name in test_charges.SPECIMENS:
        if (FOLDER / name).is_file():
            (raw / "focus" / Path(name).name).symlink_to(FOLDER / name)
    (raw / "invoices" / "all.csv").write_text(test_charges.INVOICES)
    (raw / "billing" / "all.csv").write_text(test_charges.BILLING)
    _write_customers(raw)


def _write_customers(raw: Path) -> None:
    """The generated customers as a billing tool exports them, and those of the other sources."""
    names = ["customer", "name", "plan", "fee", "start_date", "end_date", "currency"]
    with (raw / "customers" / "billing.csv").open("w", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(names)
        for row in pq.read_table(raw / "customers.parquet").to_pylist():
            fee: Decimal = row["monthly_fee"]
            writer.writerow([
                row["customer_id"], row["customer_name"], row["subscription_tier"], f"{fee}", row["signup_date"],
                row["churned_date"] or "", "USD",
            ])  # fmt: skip
        # A quote and a backslash in a name must come through on both engines.
        for name, fee_text in BILLED_BY_THEMSELVES.items():
            writer.writerow([name, f"O'{name} \\ Sons", "Team", fee_text, "2026-01-15", "", "USD"])
