"""What calls cost, and what of it was planted; whole nano-dollars throughout."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.planting import EXPENSIVE, sensible_model
from generator.company.prices import PriceBook
from generator.company.segments import Segments
from generator.plan import Plan, midnight

Ints = NDArray[np.int64]

_EPOCH: Final = midnight(date(1970, 1, 1))


@dataclass(frozen=True, slots=True)
class Usage:
    """When calls happened and what they used, shape [calls]; cached tokens are part of the input."""

    timestamp_us: Ints
    input_tokens: Ints
    cached_input_tokens: Ints
    output_tokens: Ints

    def __len__(self) -> int:
        return len(self.timestamp_us)

    def take(self, chosen: Ints) -> "Usage":
        """The usage of the calls at positions `chosen`."""
        return Usage(**{name: getattr(self, name)[chosen] for name in self.__slots__})


def list_cost_nano(prices: PriceBook, day: date, segments: Segments, rows: Ints, usage: Usage) -> Ints:
    """Exact cost of each call of `day` at the list prices valid at its instant.

    `rows` ([segments]) says how many neighbouring calls belong to each of `segments`.
    """
    start = midnight(day)
    cost = _at_prices(prices.at(start), segments, rows, usage)
    for change in prices.changes_between(start, start + timedelta(days=1)):
        is_later = usage.timestamp_us >= (change - _EPOCH) // timedelta(microseconds=1)
        cost = np.where(is_later, _at_prices(prices.at(change), segments, rows, usage), cost)
    return cost


def _at_prices(prices_nano: Ints, segments: Segments, rows: Ints, usage: Usage) -> Ints:
    price = prices_nano[segments.service_tier, segments.model]
    cost = usage.input_tokens * np.repeat(price[:, 0], rows)
    cost -= usage.cached_input_tokens * np.repeat(price[:, 0] - price[:, 1], rows)
    cost += usage.output_tokens * np.repeat(price[:, 2], rows)
    return cost


def added_nano(anomaly: Ints, rows: Ints, cost: Ints) -> dict[int, int]:
    """Cost of the calls that each anomaly added, by its position in the plan."""
    end = np.cumsum(rows)
    added: dict[int, int] = {}
    for at in np.flatnonzero(anomaly >= 0).tolist():
        index = int(anomaly[at])
        added[index] = added.get(index, 0) + int(cost[end[at] - rows[at] : end[at]].sum())
    return added


def wasted_nano(
    plan: Plan, day: date, segments: Segments, rows: Ints, usage: Usage, *, cost: Ints
) -> dict[int, int]:
    """What calls to needlessly dear models cost beyond the sensible one, by anomaly."""
    wasteful = {
        (anomaly.customer, anomaly.feature, anomaly.model): index
        for index, anomaly in enumerate(plan.anomalies)
        if anomaly.kind == EXPENSIVE and anomaly.first <= day <= anomaly.last
    }
    dimensions = (segments.customer, segments.feature, segments.model)
    keys = zip(*(column.tolist() for column in dimensions), strict=True)
    found = [(at, wasteful[key]) for at, key in enumerate(keys) if key in wasteful]
    if not found:
        return {}
    at_segments = np.array([at for at, _ in found])
    is_wasteful = np.zeros(len(rows), dtype=bool)
    is_wasteful[at_segments] = True
    calls = np.flatnonzero(np.repeat(is_wasteful, rows))
    own = rows[at_segments]
    sensible = replace(segments.take(at_segments), model=np.full(len(found), sensible_model()))
    excess = cost[calls] - list_cost_nano(plan.prices, day, sensible, own, usage.take(calls))
    wasted: dict[int, int] = {}
    edges = np.cumsum(own)
    for (_, index), first, last in zip(found, edges - own, edges, strict=True):
        wasted[index] = wasted.get(index, 0) + int(excess[first:last].sum())
    return wasted
