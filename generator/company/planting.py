"""What goes wrong on purpose: the known truth that detectors are measured against.

Every planted cost beyond the normal is a set of calls of its own (or, for a model that is too
expensive, a difference per call), so that the truth table states it exactly.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import FEATURE_INDEX, MODEL_INDEX, SENSIBLE_MODEL
from generator.company.population import ARCHETYPES, HEAVY, LIGHT, POWER, Population, Range

SPIKE: Final = "usage_spike"
BURST: Final = "burst"
RUNAWAY: Final = "runaway_agent"
OUTGROWN: Final = "tier_outgrown"
EXPENSIVE: Final = "expensive_model_for_trivial_task"

# Cost on a spike day over a normal one. A small customer's normal day is the mean of days with work and days
# without: a day that stands out among those with work is a larger multiple of it.
_SPIKE_FACTORS: Final = {LIGHT: (8.0, 11.0), POWER: (5.0, 7.5), HEAVY: (4.2, 6.2)}
_RUNAWAY_FACTORS: Final = {POWER: (4.6, 5.8), HEAVY: (4.2, 5.4)}
Factors = dict[int, tuple[float, float]]
"""Least and most cost on a planted day over a normal one, by archetype."""
_SPIKE_CUSTOMER_DAYS: Final = 1_000
_RUNAWAY_CUSTOMER_DAYS: Final = 3_500
_OUTGROWN_SHARE: Final = 0.03
_EXPENSIVE_SHARE: Final = 0.03
_OUTGROWN_GROWTH: Final = 4.0
_OUTGROWN_DAYS: Final = 45
_LARGEST_HISTORY_DAYS: Final = 35
# A customer sometimes has a slow stretch; what is planted keeps inside its range all the same.
_HEADROOM: Final = 1.08


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One planted truth: `customer` and `feature` are positions (feature -1: all of them).

    `scenario` says on whose account it was planted.
    """

    anomaly_id: str
    kind: str
    customer: int
    feature: int
    first: date
    last: date
    factor: float
    model: int = -1
    scenario: str = "base"

    def extra_share(self, day: date) -> float:
        """Extra traffic on `day`, as a multiple of the customer's normal day (0 if none)."""
        if not self.first <= day <= self.last or self.kind == EXPENSIVE:
            return 0.0
        if self.kind != OUTGROWN:
            return self.factor - 1.0
        grown = min(1.0, ((day - self.first).days + 1) / _ramp_days(self.first, self.last))
        return float(self.factor**grown - 1.0)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a planted customer must look like for its anomaly to be possible and visible."""

    calls_per_day: Range
    monthly_cost_usd: Range
    feature: int = -1
    model: int = -1


def _ramp_days(first: date, last: date) -> int:
    return min(_OUTGROWN_DAYS, max(1, round(0.6 * (last - first).days)))


def plant(population: Population, first: date, last: date, rng: np.random.Generator) -> tuple[Anomaly, ...]:
    """Choose what is planted: at most one anomaly per customer, fewer where nobody qualifies."""
    days = (last - first).days + 1
    free = np.ones(len(population), dtype=bool)
    planted: list[Anomaly] = []
    customer_days = len(population) * days
    planted += _outgrown(population, first, last, free, rng)
    planted += _expensive(population, first, last, free, rng)
    one = partial(surge, population=population, first=first, last=last, free=free, rng=rng)
    runaways = max(1, round(customer_days / _RUNAWAY_CUSTOMER_DAYS))
    for index in range(min(runaways, _available(population, free, (POWER, HEAVY)))):
        kind = (HEAVY, POWER)[index % 2]
        planted += one(RUNAWAY, kind, factors=_RUNAWAY_FACTORS)
    spikes = max(2, round(customer_days / _SPIKE_CUSTOMER_DAYS))
    cycle = (LIGHT, POWER, LIGHT, HEAVY, LIGHT, POWER)
    for index in range(min(spikes, int(free.sum()))):
        planted += one(SPIKE, cycle[index % 6], factors=_SPIKE_FACTORS)
    return tuple(planted)


def numbered(planted: tuple[Anomaly, ...]) -> tuple[Anomaly, ...]:
    """The anomalies with their ids, in order."""
    return tuple(
        replace(anomaly, anomaly_id=f"anomaly_{number:04d}")
        for number, anomaly in enumerate(planted, start=1)
    )


def needs(anomaly: Anomaly, archetype: int) -> Needs:
    """Targets that leave room for the anomaly inside the archetype's 30-day ranges."""
    kind = ARCHETYPES[archetype]
    calls, cost = kind.target_calls_per_day, kind.target_monthly_cost_usd
    if anomaly.kind == EXPENSIVE:
        return Needs(calls, cost, anomaly.feature, anomaly.model)
    if anomaly.kind == OUTGROWN:
        return Needs(calls, Range(cost.high * 1.05, cost.high * 1.15))
    length = (anomaly.last - anomaly.first).days + 1
    rise = 1.0 + _HEADROOM * (anomaly.factor - 1.0) * length / 30
    feature = anomaly.feature
    model = MODEL_INDEX["claude-sonnet-4"] if feature >= 0 else -1
    return Needs(_below(calls, rise), _below(cost, rise), feature, model)


def _below(target: Range, rise: float) -> Range:
    high = max(target.low * 1.08, target.high / rise)
    return Range(target.low, min(target.high, high))


def _available(population: Population, free: NDArray[np.bool_], kinds: tuple[int, ...]) -> int:
    return int((free & np.isin(population.archetype, kinds)).sum())


def _take(candidates: NDArray[np.bool_], count: int, rng: np.random.Generator) -> list[int]:
    positions = np.flatnonzero(candidates)
    chosen = rng.permutation(positions)[:count]
    return [int(position) for position in chosen]


def surge(
    kind: str,
    archetype: int,
    *,
    population: Population,
    first: date,
    last: date,
    free: NDArray[np.bool_],
    rng: np.random.Generator,
    factors: Factors,
    scenario: str = "base",
) -> list[Anomaly]:
    """A few days of much more traffic, after enough history to know what is normal.

    On one of the `free` ([customers]) customers, which is then no longer free; none where nobody fits.
    """
    days = (last - first).days + 1
    longest = {RUNAWAY: 4 if archetype == HEAVY else 3, SPIKE: 2, BURST: 2}[kind]
    length = int(rng.integers(2 if kind == RUNAWAY else 1, longest + 1))
    history = min(_LARGEST_HISTORY_DAYS, days // 2)
    starts = [
        first + timedelta(days=offset)
        for offset in range(history, days - length + 1)
        # Working days only: a weekend's normal traffic is too thin for a multiple of it to show.
        if (first + timedelta(days=offset)).weekday() + length <= 5
    ]
    if not starts:
        return []
    start = starts[int(rng.integers(len(starts)))]
    end = start + timedelta(days=length - 1)
    served = population.active_throughout(start - timedelta(days=history), end)
    for wanted in (archetype, POWER, HEAVY) if kind == RUNAWAY else (archetype, LIGHT):
        chosen = _take(free & served & (population.archetype == wanted), 1, rng)
        if chosen:
            break
    else:
        return []
    free[chosen[0]] = False
    factor = round(float(rng.uniform(*factors[wanted])), 2)
    feature = FEATURE_INDEX["agent_run"] if kind == RUNAWAY else -1
    return [Anomaly("", kind, chosen[0], feature, start, end, factor, scenario=scenario)]


def _outgrown(
    population: Population,
    first: date,
    last: date,
    free: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Anomaly]:
    """Customers whose growth takes their cost past the fee of their tier, to stay there."""
    days = (last - first).days + 1
    if days < 14:
        return []
    served = population.active_throughout(first, last)
    total = max(1, round(len(population) * _OUTGROWN_SHARE))
    chosen: list[int] = []
    for archetype, tier, count in (
        (POWER, "pro", total // 3),
        (LIGHT, "starter", total),
    ):
        fits = (population.archetype == archetype) & (population.tier == population.tier_names.index(tier))
        chosen += _take(free & served & fits, min(count, total - len(chosen)), rng)
    free[chosen] = False
    earliest, latest = (
        min(14, days // 6),
        max(days // 6 + 1, days - _OUTGROWN_DAYS - 15),
    )
    return [
        Anomaly(
            "",
            OUTGROWN,
            customer,
            -1,
            first + timedelta(days=int(rng.integers(min(earliest, latest - 1), latest))),
            last,
            _OUTGROWN_GROWTH,
        )
        for customer in chosen
    ]


def _expensive(
    population: Population,
    first: date,
    last: date,
    free: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Anomaly]:
    """Customers that classify short texts with the dearest models, all the time."""
    served = population.active_throughout(first, last)
    total = max(1, round(len(population) * _EXPENSIVE_SHARE))
    sized = np.isin(population.archetype, (POWER, HEAVY))
    chosen = _take(free & served & sized, total, rng)
    if not chosen:
        chosen = _take(free & served, 1, rng)
    free[chosen] = False
    models = [MODEL_INDEX["claude-opus-4"], MODEL_INDEX["gpt-4"]]
    feature = FEATURE_INDEX["classify"]
    return [
        Anomaly("", EXPENSIVE, customer, feature, first, last, 1.0, models[index % 2])
        for index, customer in enumerate(chosen)
    ]


def sensible_model() -> int:
    """Position of the model that an expensive one is compared with."""
    return MODEL_INDEX[SENSIBLE_MODEL]
