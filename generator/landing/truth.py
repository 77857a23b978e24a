"""The planted truth as tables: what detectors are measured against, and nothing reads."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from generator.company.catalogue import FEATURES, MODELS
from generator.company.planting import (
    BURST,
    EXPENSIVE,
    OUTGROWN,
    RUNAWAY,
    SPIKE,
    Anomaly,
    sensible_model,
)
from generator.company.population import customer_ids
from generator.company.segments import Segments, concatenate
from generator.plan import INTERNAL_JOBS, Plan, midnight
from generator.scenarios.protocol import Planted

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

EFFECTS_FILE: Final = "scenario_effects.parquet"
EFFECTS_SCHEMA: Final = pa.schema(
    [
        ("scenario", pa.string()),
        ("kind", pa.string()),
        ("subject_type", pa.string()),
        ("subject_id", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        ("factor", pa.float64()),
        ("amount_usd", _COST),
        ("description", pa.string()),
    ]
)
"""One row per effect that a scenario planted, its dates inclusive; where scenarios are chosen.

`factor` is the effect at its height over what would have been without it. `amount_usd` is what it
added to the cost over its dates, below zero where it saved: of sudden events exactly, of others by
the generator's own expectation; null where a cost is not what it changes.
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


def truth_tables(plan: Plan, tally: Tally) -> dict[str, pa.Table]:
    """All that is known of a run, by file name."""
    tables = {
        "planted_anomalies.parquet": anomalies_table(plan, tally),
        "untagged_spend.parquet": untagged_table(tally),
    }
    if plan.options.scenarios:
        tables[EFFECTS_FILE] = effects_table(plan, tally)
    return tables


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


def effects_table(plan: Plan, tally: Tally) -> pa.Table:
    """What every scenario of the run planted, with what it came to."""
    ids = customer_ids(len(plan.population))
    sudden = [
        {
            "scenario": anomaly.scenario,
            "kind": anomaly.kind,
            "subject_type": "customer",
            "subject_id": ids[anomaly.customer],
            "start_date": anomaly.first,
            "end_date": anomaly.last,
            "factor": anomaly.factor,
            "amount_usd": _usd(tally.planted_nano_usd.get(index, 0)),
            "description": _description(anomaly),
        }
        for index, anomaly in enumerate(plan.anomalies)
    ]
    amounts = _course_amounts_nano(plan)
    moved = [
        _effect(row, _usd(round(amount)))
        for course, nano in zip(plan.courses, amounts, strict=True)
        for row, amount in zip(course.planted, nano, strict=True)
    ]
    lasting = [_effect(row, None) for row in plan.lasting]
    return pa.Table.from_pylist([*sudden, *moved, *lasting], schema=EFFECTS_SCHEMA)


def _effect(row: Planted, amount_usd: Decimal | None) -> dict[str, object]:
    return {
        "scenario": row.scenario,
        "kind": row.kind,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "start_date": row.first,
        "end_date": row.last,
        "factor": row.factor,
        "amount_usd": amount_usd,
        "description": row.description,
    }


def _course_amounts_nano(plan: Plan) -> list[list[float]]:
    """Expected nano-dollars that each course added (or saved: below 0), by its rows of truth."""
    totals = [np.zeros(len(course.planted)) for course in plan.courses]
    count = len(plan.segments)
    for day in plan.options.dates() if plan.courses else ():
        price = plan.prices.at(midnight(day))
        spent = plan.flow(day, plan.segments).cost_nano(price, count)
        for index, course in enumerate(plan.courses):
            subject = course.subject(day, plan.segments)
            at = np.flatnonzero(subject >= 0)
            if len(at):
                scope = plan.segments.take(at)
                otherwise = plan.flow(day, scope, course).cost_nano(price, len(at))
                added = spent[at] - otherwise
                totals[index] += np.bincount(subject[at], weights=added, minlength=len(totals[index]))
    return [total.tolist() for total in totals]


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
    for day in plan.options.dates():
        is_on = (first <= day.toordinal()) & (day.toordinal() <= last)
        cost = plan.flow(day, scope).cost_nano(plan.prices.at(midnight(day)), len(of))
        total += np.bincount(of, weights=np.where(is_on, cost, 0.0), minlength=count)
    return [round(value) for value in total.tolist()]


def _description(anomaly: Anomaly) -> str:
    if anomaly.kind in (SPIKE, BURST):
        return f"All of the customer's traffic at {anomaly.factor:g} times the normal day"
    if anomaly.kind == RUNAWAY:
        return f"An agent in a loop takes the customer's cost to {anomaly.factor:g} times the normal"
    if anomaly.kind == OUTGROWN:
        return f"Usage grows to {anomaly.factor:g} times and stays there, past the tier's fee"
    return (
        f"{MODELS[anomaly.model].model} classifies short texts that"
        f" {MODELS[sensible_model()].model} classifies as well"
    )
