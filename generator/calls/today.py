"""The segments at work on one day: normal traffic, its noise, and what anomalies add."""

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.planting import OUTGROWN, RUNAWAY, Anomaly
from generator.company.segments import Segments, concatenate
from generator.patterns.rhythm import job_noise
from generator.plan import Block, Plan, midnight

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_RUNAWAY_TRACE: Final = 40.0
_RUNAWAY_TRACES: Final = 20.0
_RUNAWAY_CONTEXT: Final = 3.0


def todays_segments(
    plan: Plan, day: date, block: Block, rng: np.random.Generator
) -> tuple[Segments, Floats, Ints, NDArray[np.bool_]]:
    """What is expected of a day, all of shape [segments of the day].

    Returns the segments, their expected calls, the position of the anomaly that adds them (-1
    for normal traffic), and whether they have exactly the size expected: sudden anomalies do,
    so that they are what the truth says. What an anomaly adds comes as segments of its own
    behind those of its customer.
    """
    chosen = np.arange(block.first_segment, block.end_segment)
    flow = plan.flow(day, plan.segments.take(chosen))
    base, normal = flow.segments, flow.calls
    noise = plan.unevenness(day, block, rng)
    at_work = [
        (index, anomaly)
        for index, anomaly in enumerate(plan.anomalies)
        if block.first_owner <= anomaly.customer < block.end_owner and anomaly.extra_share(day) > 0
    ]
    for _, anomaly in at_work:
        if anomaly.kind != OUTGROWN:
            noise[anomaly.customer - block.first_owner] = 1.0
    jobs = job_noise(plan.job_sigma[base.customer], base.task, rng)
    # A planted day is what the truth says, jobs and all.
    jobs[np.isin(base.customer, [anomaly.customer for _, anomaly in at_work])] = 1.0
    parts = [base]
    calls = [normal * noise[base.customer - block.first_owner] * jobs]
    origin = [np.full(len(base), -1)]
    exact = [np.zeros(len(base), dtype=bool)]
    for index, anomaly in at_work:
        added, extra = _extra(plan, day, base, normal, anomaly)
        parts.append(added)
        calls.append(extra * noise[anomaly.customer - block.first_owner])
        origin.append(np.full(len(added), index))
        exact.append(np.full(len(added), anomaly.kind != OUTGROWN))
    segments = concatenate(parts)
    order = np.argsort(segments.customer, kind="stable")
    return (
        segments.take(order),
        np.concatenate(calls)[order],
        np.concatenate(origin)[order],
        np.concatenate(exact)[order],
    )


def _extra(
    plan: Plan, day: date, base: Segments, normal: Floats, anomaly: Anomaly
) -> tuple[Segments, Floats]:
    """The segments and expected calls that `anomaly` adds on `day`."""
    own = np.flatnonzero(base.customer == anomaly.customer)
    share = anomaly.extra_share(day)
    if anomaly.kind != RUNAWAY:
        return base.take(own), share * normal[own]
    cost = base.take(own).cost_nano_per_call(plan.prices.at(midnight(day)))
    at = int(np.flatnonzero(base.feature[own] == anomaly.feature)[0])
    loop = base.take(own[at : at + 1])
    normal_cost = float((normal[own] * cost).sum())
    # A loop drags its growing context along, most of it cached, through long traces.
    calls = share * normal_cost / cost[at]
    looping = replace(
        loop,
        trace_length=np.array([np.clip(calls / _RUNAWAY_TRACES, 2.0, _RUNAWAY_TRACE)]),
        input_scale=_RUNAWAY_CONTEXT * loop.input_scale,
    )
    looping_cost = looping.cost_nano_per_call(plan.prices.at(midnight(day)))
    return looping, share * normal_cost / looping_cost
