"""The planted truth as tables: what detectors are measured against, and nothing reads."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from generator.catalogue import FEATURES, MODELS
from generator.plan import INTERNAL_JOBS, Plan, midnight
from generator.planting import (
    EXPENSIVE,
    OUTGROWN,
    RUNAWAY,
    SPIKE,
    Anomaly,
    sensible_model,
)
from generator.population import customer_ids
from generator.segments import Segments, concatenate

_COST: Final = pa.decimal128(18, 9)
_NANO: Final = Decimal(1_000_000_000)

ANOMALIES_SCHEMA: Final = pa.schema(
    [
        ("anomaly_id", pa.string()),
        ("kind", pa.string()),
        ("customer_id", pa.string()),
        ("feature_id", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        ("expected_cost_usd", _COST),
        ("planted_cost_usd", _COST),
        ("description", pa.string()),
    ]
)
"""One row per anomaly, its dates inclusive.

`expected_cost_usd` is what the customer (of the feature, where one is named: that feature) would
have cost over those days without it, by the generator's own expectation; `planted_cost_usd` is
exactly what the anomaly cost beyond that.
"""

UNTAGGED_SCHEMA: Final = pa.schema([("job_name", pa.string()), ("calls", pa.int64()), ("cost_usd", _COST)])
"""One row per internal job whose calls carry no customer."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over calls: nano-dollars per anomaly position, calls and nano-dollars per job."""

    planted_nano_usd: dict[int, int]
    job_calls: dict[int, int]
    job_nano_usd: dict[int, int]

    def add(self, other: "Tally") -> None:
        """Add the sums of `other`."""
        for own, more in (
            (self.planted_nano_usd, other.planted_nano_usd),
            (self.job_calls, other.job_calls),
            (self.job_nano_usd, other.job_nano_usd),
        ):
            for key, value in more.items():
                own[key] = own.get(key, 0) + value


def empty_tally() -> Tally:
    """A tally of nothing."""
    return Tally({}, {}, {})


def anomalies_table(plan: Plan, tally: Tally) -> pa.Table:
    """The planted anomalies with what they cost."""
    ids = customer_ids(len(plan.population))
    expected = _expected_nano(plan)
    rows = [
        {
            "anomaly_id": anomaly.anomaly_id,
            "kind": anomaly.kind,
            "customer_id": ids[anomaly.customer],
            "feature_id": FEATURES[anomaly.feature].feature_id if anomaly.feature >= 0 else None,
            "start_date": anomaly.first,
            "end_date": anomaly.last,
            "expected_cost_usd": _usd(expected[index]),
            "planted_cost_usd": _usd(tally.planted_nano_usd.get(index, 0)),
            "description": _description(anomaly),
        }
        for index, anomaly in enumerate(plan.anomalies)
    ]
    return pa.Table.from_pylist(rows, schema=ANOMALIES_SCHEMA)


def untagged_table(tally: Tally) -> pa.Table:
    """Our own spend that no customer caused."""
    rows = [
        {
            "job_name": job.name,
            "calls": tally.job_calls.get(index, 0),
            "cost_usd": _usd(tally.job_nano_usd.get(index, 0)),
        }
        for index, job in enumerate(INTERNAL_JOBS)
    ]
    return pa.Table.from_pylist(rows, schema=UNTAGGED_SCHEMA)


def _usd(nano: int) -> Decimal:
    return Decimal(nano) / _NANO


def _expected_nano(plan: Plan) -> list[int]:
    """Expected nano-dollars over each anomaly's days without it, one by one in the plan's order."""
    count = len(plan.anomalies)
    parts: list[Segments] = []
    origin: list[int] = []
    for index, anomaly in enumerate(plan.anomalies):
        own = plan.segments.of_customer(anomaly.customer)
        if anomaly.feature >= 0:
            own = own.take(np.flatnonzero(own.feature == anomaly.feature))
        if anomaly.kind == EXPENSIVE:
            own = replace(own, model=np.full(len(own), sensible_model()))
        parts.append(own)
        origin += [index] * len(own)
    if not parts:
        return []
    scope, of = concatenate(parts), np.array(origin)
    first = np.array([anomaly.first.toordinal() for anomaly in plan.anomalies])[of]
    last = np.array([anomaly.last.toordinal() for anomaly in plan.anomalies])[of]
    total = np.zeros(count)
    version, cost = -1, np.zeros(len(of))
    for day in plan.options.dates():
        if plan.prices.version_at(midnight(day)) != version:
            version = plan.prices.version_at(midnight(day))
            cost = scope.cost_nano_per_call(plan.prices.at(midnight(day)))
        is_on = (first <= day.toordinal()) & (day.toordinal() <= last)
        spent = np.where(is_on, plan.normal_calls(day, scope) * cost, 0.0)
        total += np.bincount(of, weights=spent, minlength=count)
    return [round(value) for value in total.tolist()]


def _description(anomaly: Anomaly) -> str:
    if anomaly.kind == SPIKE:
        return f"All of the customer's traffic at {anomaly.factor:g} times the normal day"
    if anomaly.kind == RUNAWAY:
        return f"An agent in a loop takes the customer's cost to {anomaly.factor:g} times the normal"
    if anomaly.kind == OUTGROWN:
        return f"Usage grows to {anomaly.factor:g} times and stays there, past the tier's fee"
    return (
        f"{MODELS[anomaly.model].model} classifies short texts that"
        f" {MODELS[sensible_model()].model} classifies as well"
    )
