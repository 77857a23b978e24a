"""The calls of one block of customers on one day, as numpy columns.

Calls come in traces (a conversation, an agent's run), so that arrivals are bursty as in
production; the number of traces is Poisson around the expected traffic.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.calls.costing import Usage, list_cost_nano
from generator.calls.today import todays_segments
from generator.company.catalogue import FEATURES, MODELS, STATUSES, TASKS, expected_quality
from generator.company.segments import (
    BATCH,
    CACHE_BLOCK_TOKENS,
    RATE_LIMITED_SHARE,
    SERVER_ERROR_SHARE,
    TIMEOUT_SHARE,
    Segments,
    input_caps,
    output_caps,
    shape_of_task,
)
from generator.patterns.rhythm import MAX_PULSES, PULSE_SECONDS
from generator.patterns.seasonality import (
    MICROSECONDS_PER_DAY,
    REGIONS,
    START_TABLE_SIZE,
    start_times,
)
from generator.patterns.tokens import TABLE_SIZE, input_table, normal_table, output_table
from generator.plan import TRAFFIC_STREAM, Block, Plan, midnight

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Draws = NDArray[np.uint16]

NOT_SCORED: Final = -1
"""Quality (in hundredths) of a call that nobody scored."""

_SCORED_SHARE: Final = 0.20
_QUALITY_SIGMA: Final = 0.07
_OWN_SPREAD_US: Final = 20
"""Spread of a start in microseconds per step of a 16-bit draw: between two entries of the table of starts."""
_LATENCY_SIGMA: Final = 0.28
_BATCH_SLOWDOWN: Final = 1.6
_TIMEOUT_MS: Final = 60_000
_STATUS_EDGES: Final = np.cumsum([RATE_LIMITED_SHARE, SERVER_ERROR_SHARE, TIMEOUT_SHARE])
_RATE_LIMITED, _SERVER_ERROR, _TIMEOUT, _FILTERED = range(1, len(STATUSES))


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls in columns of shape [calls]; traces and segments in the order of their calls.

    `trace` numbers the block's traces from 0. `rows_per_segment` ([segments]) says how many
    neighbouring calls belong to each of `segments`, and `anomaly` which anomaly of the plan adds
    them (-1: none); `quality` is in hundredths.
    """

    trace: Ints
    traces: int
    usage: Usage
    cost_nano_usd: Ints
    latency_ms: Ints
    status: NDArray[np.int8]
    quality: NDArray[np.int8]
    segments: Segments
    rows_per_segment: Ints
    anomaly: Ints

    def __len__(self) -> int:
        return len(self.trace)


def draw_calls(plan: Plan, day: date, block: Block) -> Calls:
    """All calls of `block` on `day`; depends on the plan, the day and the block alone."""
    rng = plan.stream(TRAFFIC_STREAM, day.toordinal(), block.number)
    segments, calls, anomaly, is_exact = todays_segments(plan, day, block, rng)
    expected = calls / segments.trace_length
    traces_per_segment = np.where(is_exact, np.rint(expected).astype(np.int64), rng.poisson(expected))
    owner_of_trace = np.repeat(np.arange(len(segments)), traces_per_segment)
    size = _trace_sizes(segments, owner_of_trace, rng)
    rows = np.bincount(owner_of_trace, weights=size, minlength=len(segments)).astype(np.int64)
    count = int(size.sum())

    first_row = np.cumsum(size) - size
    trace = np.repeat(np.arange(len(size)), size)
    position = np.arange(count) - np.repeat(first_row, size)
    pulses = plan.pulses_per_day[segments.customer, segments.feature]
    shape = shape_of_task()[segments.task] * len(REGIONS) + segments.region
    starts = _starts(segments, owner_of_trace, shape=shape, pulses=pulses, rng=rng)
    timestamp = _timestamps(segments, owner_of_trace, size, position, starts=starts, rng=rng)
    timestamp += np.int64((midnight(day) - midnight(date(1970, 1, 1))) // timedelta(microseconds=1))

    usage = _usage(segments, rows, timestamp, position, rng)
    latency = _latency(segments, rows, usage, rng)
    status = _fail(segments, rows, usage, latency, rng)
    cost = list_cost_nano(plan.prices, day, segments, rows, usage)
    return Calls(
        trace=trace,
        traces=len(size),
        usage=usage,
        cost_nano_usd=cost,
        latency_ms=latency,
        status=status,
        quality=_quality(segments, rows, status, rng),
        segments=segments,
        rows_per_segment=rows,
        anomaly=anomaly,
    )


@cache
def _log_table() -> Floats:
    return np.log((np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE)


@cache
def _lognormal_table(sigma: float) -> NDArray[np.float32]:
    return np.exp(sigma * normal_table()).astype(np.float32)


@cache
def _quality_noise() -> NDArray[np.float32]:
    return (100 * _QUALITY_SIGMA * normal_table()).astype(np.float32)


def _draws(rng: np.random.Generator, count: int) -> Draws:
    """`count` equally likely 16-bit numbers."""
    return rng.bit_generator.random_raw(count // 4 + 1).view(np.uint16)[:count]


def _trace_sizes(segments: Segments, owner: Ints, rng: np.random.Generator) -> Ints:
    """Calls per trace: 1 + a geometric number, with the segment's mean."""
    length = segments.trace_length
    with np.errstate(divide="ignore"):
        per_log = np.where(length > 1.0, 1.0 / np.log1p(-1.0 / length), 0.0)
    return 1 + (_log_table()[_draws(rng, len(owner))] * per_log[owner]).astype(np.int64)


def _starts(segments: Segments, owner: Ints, *, shape: Ints, pulses: Ints, rng: np.random.Generator) -> Ints:
    """When traces start, in microseconds after midnight: by their hour `shape` ([segments]).

    `pulses` ([segments]) says in how many pulses the feature's day comes, 0 where each trace starts
    when it likes.
    """
    draw = _draws(rng, len(owner))
    spread_us = np.where(pulses > 0, PULSE_SECONDS * 1_000_000 // START_TABLE_SIZE, _OWN_SPREAD_US)
    if pulses.any():
        # A feature's segments (second models, staging) share its pulses.
        features, place = np.unique(segments.customer * len(FEATURES) + segments.feature, return_inverse=True)
        moments = rng.integers(START_TABLE_SIZE, size=len(features) * MAX_PULSES, dtype=np.uint16)
        mine = pulses[owner]
        pulse = (place * MAX_PULSES)[owner] + ((_draws(rng, len(owner)) * mine) >> 16)
        draw = np.where(mine > 0, moments[pulse], draw)
    starts: Ints = start_times()[shape[owner] * START_TABLE_SIZE + draw]
    starts += _draws(rng, len(owner)) * spread_us[owner]
    return starts


def _timestamps(
    segments: Segments,
    owner: Ints,
    size: Ints,
    position: Ints,
    *,
    starts: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Microseconds after midnight of every call: a trace ends before midnight."""
    gap_us = np.array([int(task.gap_seconds * 1e6) for task in TASKS])[segments.task]
    gap = gap_us[owner]
    gap = np.minimum(gap, (MICROSECONDS_PER_DAY - 1) // (size + 1))
    start = np.minimum(starts, MICROSECONDS_PER_DAY - 1 - gap * (size + 1))
    gap = np.repeat(gap, size)
    timestamp: Ints = np.repeat(start, size) + position * gap
    timestamp += (gap * _draws(rng, len(position))) >> 16
    return timestamp


def _usage(
    segments: Segments, rows: Ints, timestamp: Ints, position: Ints, rng: np.random.Generator
) -> Usage:
    count = len(position)
    base = np.repeat((segments.task * TABLE_SIZE).astype(np.int32), rows)
    drawn = input_table().drawn[base + _draws(rng, count)]
    drawn *= np.repeat(segments.input_scale.astype(np.float32), rows)
    limit = input_caps(segments.task, segments.model).astype(np.float32)
    np.clip(drawn, 1.0, np.repeat(limit, rows), out=drawn)
    prompt = (drawn + np.float32(0.5)).astype(np.int64)

    share = np.array([task.cached_share for task in TASKS])[segments.task].astype(np.float32)
    drawn *= np.repeat(share, rows)
    drawn *= position > 0
    cached = drawn.astype(np.int64) & ~np.int64(CACHE_BLOCK_TOKENS - 1)

    drawn = output_table().drawn[base + _draws(rng, count)]
    drawn *= np.repeat(segments.output_scale.astype(np.float32), rows)
    np.clip(
        drawn,
        1.0,
        np.repeat(output_caps(segments.task).astype(np.float32), rows),
        out=drawn,
    )
    return Usage(timestamp, prompt, cached, (drawn + np.float32(0.5)).astype(np.int64))


def _latency(segments: Segments, rows: Ints, usage: Usage, rng: np.random.Generator) -> Ints:
    """Milliseconds to the last token; of a batch call its processing, not its queueing."""
    slow = np.where(segments.service_tier == BATCH, _BATCH_SLOWDOWN, 1.0)
    speeds = [
        np.repeat(
            (np.array([getattr(model, name) for model in MODELS])[segments.model] * slow).astype(np.float32),
            rows,
        )
        for name in ("first_token_ms", "ms_per_output_token", "ms_per_input_token")
    ]
    latency = speeds[0] + speeds[1] * usage.output_tokens.astype(np.float32)
    latency += speeds[2] * usage.input_tokens.astype(np.float32)
    latency *= _lognormal_table(_LATENCY_SIGMA)[_draws(rng, len(usage))]
    whole: Ints = np.minimum(latency, np.float32(_TIMEOUT_MS - 1)).astype(np.int64)
    return whole


def _fail(
    segments: Segments, rows: Ints, usage: Usage, latency: Ints, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Let some calls fail, in place; returns the status of each.

    A call that was refused or broke off uses nothing; one that ran out of time or was filtered
    has its prompt billed.
    """
    count = len(usage)
    status = np.zeros(count, dtype=np.int8)
    share = np.array([model.failure_share for model in MODELS])[segments.model]
    failures = rng.poisson(share * rows)
    first = np.cumsum(rows) - rows
    owner = np.repeat(np.arange(len(rows)), failures)
    at = first[owner] + (rng.random(len(owner)) * rows[owner]).astype(np.int64)
    kind = 1 + np.searchsorted(_STATUS_EDGES, rng.random(len(owner)), side="right")
    status[at] = kind
    # Two failures may fall on one call: what counts is the status that stayed.
    at = np.flatnonzero(status)
    kind = status[at].astype(np.int64)
    usage.output_tokens[at] = 0
    refused = at[(kind == _RATE_LIMITED) | (kind == _SERVER_ERROR)]
    usage.input_tokens[refused] = 0
    usage.cached_input_tokens[refused] = 0
    latency[at[kind == _RATE_LIMITED]] = 40 + latency[at[kind == _RATE_LIMITED]] % 160
    latency[at[kind == _TIMEOUT]] = _TIMEOUT_MS
    return status


def _quality(
    segments: Segments, rows: Ints, status: NDArray[np.int8], rng: np.random.Generator
) -> NDArray[np.int8]:
    """Scores in hundredths of a sample of the successful calls, NOT_SCORED elsewhere."""
    means = np.array([[100 * expected_quality(model, task) for model in MODELS] for task in TASKS])
    count = len(status)
    quality = np.full(count, NOT_SCORED, dtype=np.int8)
    is_scored = _draws(rng, count) < np.uint16(_SCORED_SHARE * TABLE_SIZE)
    at = np.flatnonzero(is_scored & (status == 0))
    owner = np.repeat(np.arange(len(rows), dtype=np.int32), rows)[at]
    score = means[segments.task, segments.model][owner] + _quality_noise()[_draws(rng, len(at))]
    quality[at] = np.clip(np.rint(score), 0, 100).astype(np.int8)
    return quality
