"""What each customer runs: features, models and token sizes that add up to its target cost.

A customer's calls per day and monthly cost are drawn first, inside its archetype's ranges. Of
many random sets of features and models the one whose natural cost per call comes nearest is
taken, and its token sizes are scaled to hit the target exactly.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import FEATURES, SERVICE_TIERS, TASK_INDEX, TASKS
from generator.company.market import Market
from generator.company.planting import EXPENSIVE, OUTGROWN, Anomaly, needs
from generator.company.population import ARCHETYPES, Population
from generator.company.segments import BATCH, Segments, build_segments, expected_cost_nano

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_CANDIDATES: Final = 40
_CHUNK: Final = 8_192
_FREE_SCALE: Final = 0.15
_SECOND_MODEL_SHARE: Final = 0.22
_BATCH_SHARE: Final = 0.30
_STAGING_SHARE: Final = 0.30
_NANO: Final = 1_000_000_000
_DAYS: Final = 30

_FEATURE_TASK: Final = np.array([TASK_INDEX[feature.task_type] for feature in FEATURES])
_POPULARITY: Final = np.log([feature.popularity for feature in FEATURES])
_VOLUME: Final = np.array([feature.volume for feature in FEATURES])
_IS_BATCHABLE: Final = np.array([task.is_batchable for task in TASKS])


@dataclass(frozen=True, slots=True)
class Targets:
    """What each customer should come to: calls per mean day, USD per 30 days; shape [customers]."""

    calls_per_day: Floats
    cost_low_usd: Floats
    cost_high_usd: Floats
    forced_feature: Ints
    forced_model: Ints


def draw_portfolio(
    population: Population,
    anomalies: tuple[Anomaly, ...],
    prices_nano: Ints,
    *,
    market: Market,
    rng: np.random.Generator,
) -> Segments:
    """Segments of all customers, ordered by customer; prices as PriceBook.at gives them."""
    targets = _targets(population, anomalies, market, rng)
    is_offered = np.all(prices_nano >= 0, axis=2)
    shop = _Shop(market.edges(), is_offered, _natural_cost_nano(prices_nano), market.cost_floor < 1)
    parts = [
        _choose(
            np.arange(start, min(start + _CHUNK, len(population))),
            population,
            targets,
            *draws,
        )
        for start in range(0, len(population), _CHUNK)
        for draws in [(shop, rng)]
    ]
    mixes = _Mixes(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    plain = {anomaly.customer for anomaly in anomalies if anomaly.kind == EXPENSIVE}
    rows = _split(mixes, population, targets, plain=plain, shop=shop, rng=rng)
    segments = build_segments(population, rows, rng)
    return _calibrate(segments, mixes.monthly_cost_usd, prices_nano)


@dataclass(frozen=True, slots=True)
class _Shop:
    """What is to be had.

    `model_edges` ([tasks, models]) is Market.edges, `is_offered` has shape [service tiers, models],
    `natural` is the mean cost of a call at scale 1, [service tiers, tasks, models]. Where `sizes_stay`, a
    mix that comes within its customer's range as it is keeps its token sizes.
    """

    model_edges: Floats
    is_offered: NDArray[np.bool_]
    natural: Floats
    sizes_stay: bool


@dataclass(frozen=True, slots=True)
class _Mixes:
    """The set chosen for each customer: shape [customers, features], last one [customers].

    The cost is the one to scale token sizes to, NaN where they stay.
    """

    share: Floats
    model: Ints
    is_batch: NDArray[np.bool_]
    monthly_cost_usd: Floats


def _targets(
    population: Population, anomalies: tuple[Anomaly, ...], market: Market, rng: np.random.Generator
) -> Targets:
    kinds = [ARCHETYPES[index] for index in population.archetype.tolist()]
    calls = np.array([(k.target_calls_per_day.low, k.target_calls_per_day.high) for k in kinds])
    cost = np.array([(k.target_monthly_cost_usd.low, k.target_monthly_cost_usd.high) for k in kinds])
    cost[:, 0] *= market.cost_floor
    feature = np.full(len(population), -1)
    model = np.full(len(population), -1)
    for anomaly in anomalies:
        needed = needs(anomaly, int(population.archetype[anomaly.customer]))
        calls[anomaly.customer] = needed.calls_per_day.low, needed.calls_per_day.high
        # Whoever is to outgrow its tier has to come near its fee; nobody else has a least cost to keep.
        floor = 1.0 if anomaly.kind == OUTGROWN else market.cost_floor
        cost[anomaly.customer] = (
            floor * needed.monthly_cost_usd.low,
            needed.monthly_cost_usd.high,
        )
        feature[anomaly.customer] = needed.feature
        model[anomaly.customer] = needed.model
    return Targets(
        calls_per_day=np.exp(rng.uniform(np.log(calls[:, 0]), np.log(calls[:, 1]))),
        cost_low_usd=cost[:, 0],
        cost_high_usd=cost[:, 1],
        forced_feature=feature,
        forced_model=model,
    )


def _natural_cost_nano(prices_nano: Ints) -> Floats:
    """Mean cost of a call at scale 1, shape [service tiers, tasks, models]."""
    tiers, tasks, models = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(len(SERVICE_TIERS)),
            np.arange(len(TASKS)),
            np.arange(prices_nano.shape[1]),
            indexing="ij",
        )
    )
    ones = np.ones(len(tiers))
    trace = np.array([task.calls_per_trace for task in TASKS])[tasks]
    cost = expected_cost_nano(
        tasks, models, tiers, input_scale=ones, output_scale=ones, trace_length=trace, prices_nano=prices_nano
    )
    return cost.reshape(len(SERVICE_TIERS), len(TASKS), -1)


def _choose(
    customers: Ints,
    population: Population,
    targets: Targets,
    shop: _Shop,
    rng: np.random.Generator,
) -> tuple[Floats, Ints, NDArray[np.bool_], Floats]:
    """The best of _CANDIDATES random mixes for each of `customers`."""
    shape = (len(customers), _CANDIDATES, len(FEATURES))
    fewest = np.array([kind.features[0] for kind in ARCHETYPES])[population.archetype[customers]]
    most = np.array([kind.features[1] for kind in ARCHETYPES])[population.archetype[customers]]
    count = rng.integers(fewest[:, None], most[:, None] + 1, size=shape[:2])
    keys = _POPULARITY + rng.gumbel(size=shape)
    forced = targets.forced_feature[customers]
    has_forced = np.flatnonzero(forced >= 0)
    keys[has_forced, :, forced[has_forced]] = np.inf
    rank = np.argsort(np.argsort(-keys, axis=2), axis=2)
    volume = np.where(rank < count[:, :, None], _VOLUME * rng.gamma(2.5, size=shape), 0.0)
    # A planted feature has to carry enough of the customer's work to be worth finding.
    volume[has_forced, :, forced[has_forced]] = 0.0
    others = volume[has_forced].sum(axis=2)
    volume[has_forced, :, forced[has_forced]] = np.where(others > 0, 0.55 * others, 1.0)
    share = volume / volume.sum(axis=2, keepdims=True)

    draws = rng.random(shape)
    model = np.stack(
        [
            np.searchsorted(shop.model_edges[task], draws[:, :, feature], side="right")
            for feature, task in enumerate(_FEATURE_TASK.tolist())
        ],
        axis=2,
    ).clip(max=shop.model_edges.shape[1] - 1)
    wanted = np.flatnonzero(targets.forced_model[customers] >= 0)
    model[wanted, :, forced[wanted]] = targets.forced_model[customers][wanted, None]
    is_large = population.archetype[customers] > 0
    is_batch = (rng.random(shape) < _BATCH_SHARE) & is_large[:, None, None]
    is_batch &= _IS_BATCHABLE[_FEATURE_TASK] & shop.is_offered[BATCH, model]
    is_batch[has_forced, :, forced[has_forced]] = False

    cost = (share * shop.natural[is_batch.astype(int), _FEATURE_TASK, model]).sum(axis=2)
    monthly = _DAYS * targets.calls_per_day[customers][:, None] * cost / _NANO
    low = targets.cost_low_usd[customers][:, None]
    high = targets.cost_high_usd[customers][:, None]
    inside = np.exp(rng.uniform(np.log(low), np.log(high), size=shape[:2]))
    fits = (monthly >= low) & (monthly <= high)
    target = np.where(fits, monthly, inside)
    strain = np.maximum(0.0, np.abs(np.log(target / monthly)) - _FREE_SCALE)
    best = np.argmin(strain, axis=1)
    rows = np.arange(len(customers))
    return (
        share[rows, best],
        model[rows, best],
        is_batch[rows, best],
        np.where(fits & shop.sizes_stay, np.nan, target)[rows, best],
    )


def _split(
    mixes: _Mixes,
    population: Population,
    targets: Targets,
    *,
    plain: set[int],
    shop: _Shop,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.generic]]:
    """Rows (customer, feature, model, ...) with their calls per day, ordered by customer.

    Some features split their traffic over a second model, some customers test in staging.
    """
    customer, feature = np.nonzero(mixes.share)
    rate = mixes.share[customer, feature] * targets.calls_per_day[customer]
    model = mixes.model[customer, feature]
    tier = np.where(mixes.is_batch[customer, feature], BATCH, 0)

    task = _FEATURE_TASK[feature]
    draw = rng.random(len(customer))
    second = np.array(
        [
            np.searchsorted(shop.model_edges[index], value, side="right")
            for index, value in zip(task.tolist(), draw.tolist(), strict=True)
        ]
    ).clip(max=shop.model_edges.shape[1] - 1)
    has_second = (rng.random(len(customer)) < _SECOND_MODEL_SHARE) & (second != model)
    has_second &= ~np.isin(customer, list(plain)) & shop.is_offered[tier, second]
    moved = np.where(has_second, rng.uniform(0.15, 0.35, len(customer)), 0.0)

    is_first = np.concatenate([[True], customer[1:] != customer[:-1]])
    is_large = population.archetype[customer] > 0
    has_staging = is_first & is_large & (rng.random(len(customer)) < _STAGING_SHARE)
    tested = np.where(has_staging, 0.04, 0.0)

    rows = [
        (
            customer,
            feature,
            model,
            tier,
            np.zeros_like(customer),
            rate * (1 - moved) * (1 - tested),
        )
    ]
    for chosen, part, its_model, environment in (
        (has_second, moved * (1 - tested), second, 0),
        (has_staging, tested, model, 1),
    ):
        at = np.flatnonzero(chosen)
        rows.append(
            (
                customer[at],
                feature[at],
                its_model[at],
                tier[at],
                np.full(len(at), environment),
                (rate * part)[at],
            )
        )
    names = (
        "customer",
        "feature",
        "model",
        "service_tier",
        "environment",
        "calls_per_day",
    )
    columns = {
        name: np.concatenate(parts) for name, parts in zip(names, zip(*rows, strict=True), strict=True)
    }
    order = np.argsort(columns["customer"], kind="stable")
    return {name: values[order] for name, values in columns.items()}


def _calibrate(segments: Segments, monthly_cost_usd: Floats, prices_nano: Ints) -> Segments:
    """Scale each customer's token sizes until its expected monthly cost is its target."""
    for _ in range(6):
        expected = _DAYS * segments.customer_cost_nano_per_day(len(monthly_cost_usd), prices_nano) / _NANO
        factor = np.where(np.isnan(monthly_cost_usd), 1.0, monthly_cost_usd / expected)
        segments = segments.scaled(factor[segments.customer])
    return segments
