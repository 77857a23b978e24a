"""Small files of each source in a few versions: another number of records, other amounts, another time of change."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# Last year, and days in a row.
DAYS = ("2025-07-01", "2026-10-01", "2026-10-02", "2026-10-03")


def write_calls(path: Path, day: str, name: str, version: int) -> None:
    """Some calls of a day: now and then one to refuse, and the first and the last of them around midnight, which the
    files of the days before and after may hold, too."""
    count = 2 + version
    ordinal = date.fromisoformat(day).toordinal()
    ids = [f"{name}-{number}" for number in range(count)] + [f"night-{ordinal}", f"night-{ordinal + 1}"]
    times = [f"{9 + number:02}:00:00" for number in range(count)] + ["00:20:00", "23:50:00"]
    columns = {
        "call_id": ids,
        "timestamp": pa.array(
            [datetime.fromisoformat(f"{day}T{time}") for time in times], pa.timestamp("us")
        ),
        "provider": ["openai"] * len(ids),
        "model": ["gpt-4"] * len(ids),
        "input_tokens": [1000 * (version + 1) - (3000 if number == 3 else 0) for number in range(len(ids))],
        "output_tokens": [10 * number for number in range(len(ids))],
        "cost_usd": [f"0.{version + 1}{number}" for number in range(len(ids))],
        "customer_id": ["c1"] * len(ids),
        "product_id": ["p"] * len(ids),
        "feature_id": ["f"] * len(ids),
        "task_type": ["chat"] * len(ids),
    }
    _put(path, version, lambda partial: pq.write_table(pa.table(columns), partial))


def write_customers(path: Path, version: int) -> None:
    """Two customers; one has another fee and another plan each time, the other leaves and is gone from the list in the end."""
    ids = ["c1", "c2"][: 2 if version < 2 else 1]
    columns = {
        "customer_id": ids,
        "customer_name": [name.upper() for name in ids],
        "organization_id": ids,
        "subscription_tier": [("pro", "starter", "enterprise")[version]] * len(ids),
        "monthly_fee": pa.array([Decimal(100 + version)] * len(ids), pa.decimal128(18, 2)),
        "usage_archetype": ["regular"] * len(ids),
        "signup_date": [date(2025, 1, 1)] * len(ids),
        "churned_date": pa.array([None, date(2026, 10, 1 + version)][: len(ids)], pa.date32()),
        "region": ["eu"] * len(ids),
    }
    _put(path, version, lambda partial: pq.write_table(pa.table(columns), partial))


def write_spend(path: Path, name: str, version: int) -> None:
    """A LiteLLM log with calls of three days."""
    rows = [
        "request_id,call_type,model,custom_llm_provider,spend,total_tokens,prompt_tokens,completion_tokens,startTime,endTime"
    ]
    for number, day in enumerate(DAYS[:3]):
        rows.append(
            f"{name}-{number},acompletion,gpt-4,openai,0.{version + 1},110,100,10,{day} 10:0{version}:00,{day} 10:0{version}:05"
        )
    _put(path, version, lambda partial: partial.write_text("\n".join(rows) + "\n"))


def write_bill(path: Path, name: str, version: int) -> None:
    """Charges of a provider, one of which cannot be read in the last version, and a month of the calls' own."""
    cost = "much" if version == 2 else "3.50"
    rows = [
        "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName,ServiceName,ChargeDescription",
        f"{version + 1},{version + 1},USD,Usage,2026-10-02,2026-10-03,2026-10-01,Acme,,{name}",
        f"{cost},{cost},USD,Usage,2026-10-01,2026-10-02,2026-10-01,Acme,,{name}",
        f"{version + 2},{version + 2},USD,Usage,2026-10-01,2026-11-01,2026-10-01,OpenAI,OpenAI API,gpt-4 {name}",
    ]
    _put(path, version, lambda partial: partial.write_text("\n".join(rows) + "\n"))


def _put(path: Path, version: int, write: Callable[[Path], object]) -> None:
    """Bring a file as a careful writer does; a version that comes back is the same file to the second."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}")
    write(partial)
    changed = datetime(2026, 11, 1, version, tzinfo=UTC).timestamp()
    os.utime(partial, (changed, changed))
    partial.replace(path)
