"""The raw tables as Arrow: exactly the public contract of the landing folder."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dbt_project.landing.schemas import CALL_SCHEMA, CUSTOMER_SCHEMA
from generator.calls.traffic import NOT_SCORED, Calls
from generator.company.catalogue import (
    AGENTS,
    ENVIRONMENTS,
    FEATURES,
    MODELS,
    SERVICE_TIERS,
    STATUSES,
    TASKS,
)
from generator.company.names import draw_names
from generator.company.population import (
    ARCHETYPES,
    FREE_TIER,
    Population,
    as_date,
    customer_ids,
    organization_ids,
)
from generator.patterns.seasonality import REGIONS
from generator.plan import NAMES_STREAM, Plan

Ints = NDArray[np.int64]

_WORD: Final = pa.dictionary(pa.int32(), pa.string())
_COST: Final = CALL_SCHEMA.field("cost_usd").type
_ID_DIGITS: Final = 7

# Of these no two calls have the same, so that a dictionary of them saves nothing.
_EACH_ITS_OWN: Final = frozenset({"call_id"})

CALLS_SCHEMA: Final = pa.schema(
    (name, _WORD if kind == pa.string() and name not in _EACH_ITS_OWN else kind)
    for name, kind in zip(CALL_SCHEMA.names, CALL_SCHEMA.types, strict=True)
)
"""One row per call. Repeated words are dictionaries in memory and plain strings to a reader."""


def calls_table(plan: Plan, day: date, calls: Calls, first_call: int, first_trace: int) -> pa.Table:
    """The calls of a block as raw records; ids continue from `first_call` and `first_trace`."""
    rows, segments = calls.rows_per_segment, calls.segments
    people = plan.population
    customer_names, customer = np.unique(segments.customer, return_inverse=True)
    known = customer_names < len(people)
    owner = np.where(known, customer_names, 0)
    organization_names, organization = np.unique(people.organization[owner], return_inverse=True)
    ids = _ids(people)
    # What is not on sale is not in the file's dictionaries either.
    models = MODELS[: plan.market.models]
    providers = plan.market.providers()
    model_provider = np.array([providers.index(model.provider) for model in models])
    product = np.array([_products().index(feature.product_id) for feature in FEATURES])
    hidden = ~known[customer]
    tier = np.where(people.is_free(day), len(people.tier_names), people.tier)

    def word(codes: Ints, words: list[str]) -> pa.Array:
        indices = np.repeat(codes.astype(np.int32), rows)
        # Only few words can be missing: look for nulls among segments, not among calls.
        return _words(indices, words, indices < 0 if (codes < 0).any() else None)

    columns = {
        "timestamp": pa.array(calls.usage.timestamp_us).view(pa.timestamp("us")),
        "provider": word(model_provider[segments.model], providers),
        "model": word(segments.model, [model.model for model in models]),
        "input_tokens": pa.array(calls.usage.input_tokens),
        "output_tokens": pa.array(calls.usage.output_tokens),
        "cost_usd": _decimals(calls.cost_nano_usd),
        "latency_ms": pa.array(calls.latency_ms),
        "customer_id": word(
            np.where(hidden, -1, customer), [ids[0][index] for index in owner[known].tolist()]
        ),
        "organization_id": word(
            np.where(hidden, -1, organization[customer]),
            [ids[1][index] for index in organization_names.tolist()],
        ),
        "product_id": word(_or_null(segments.feature, product), _products()),
        "feature_id": word(segments.feature, [feature.feature_id for feature in FEATURES]),
        "task_type": word(segments.task, _task_types()),
        "subscription_tier": word(
            np.where(hidden, -1, tier[owner][customer]), [*people.tier_names, FREE_TIER]
        ),
        "call_id": _numbered(day, "c", first_call, len(calls)),
        "trace_id": pa.DictionaryArray.from_arrays(
            pa.array(calls.trace.astype(np.int32)),
            _numbered(day, "t", first_trace, calls.traces),
        ),
        "status": _words(calls.status.astype(np.int32), list(STATUSES)),
        "cached_input_tokens": pa.array(calls.usage.cached_input_tokens),
        "service_tier": word(segments.service_tier, list(SERVICE_TIERS)),
        "quality_score": pa.array(calls.quality.astype(np.float64) / 100, mask=calls.quality == NOT_SCORED),
        "environment": word(segments.environment, list(ENVIRONMENTS)),
        "region": word(segments.region, [region.region for region in REGIONS[: plan.market.regions]]),
        "agent_id": word(segments.agent, list(AGENTS)),
    }
    return pa.table(columns, schema=CALLS_SCHEMA)


def customers_table(plan: Plan) -> pa.Table:
    """All customers, one row for each of their plans."""
    people = plan.population
    ids, organizations = _ids(people)
    names = draw_names(people.organization, plan.stream(NAMES_STREAM), plan.options.seed)
    rows = [
        {
            "customer_id": ids[index],
            "customer_name": names[index],
            "organization_id": organizations[int(people.organization[index])],
            "subscription_tier": tier,
            "monthly_fee": fee,
            "usage_archetype": ARCHETYPES[int(people.archetype[index])].name,
            "signup_date": as_date(first),
            "churned_date": as_date(end) if end else None,
            "region": REGIONS[int(people.region[index])].region,
        }
        for index in range(len(people))
        for tier, fee, first, end in _plans(plan, index)
    ]
    return pa.Table.from_pylist(rows, schema=CUSTOMER_SCHEMA)


def _plans(plan: Plan, index: int) -> list[tuple[str, Decimal, int, int]]:
    """Tier, fee, first day and the first day without it (0: none) of each plan of a customer, as ordinals."""
    people = plan.population
    signup, paying, churned = (int(days[index]) for days in (people.signup, people.paying, people.churned))
    tier = int(people.tier[index])
    paid = (people.tier_names[tier], Decimal(plan.monthly_fees[tier]), paying, churned)
    if paying == signup:
        return [paid]
    if not paying:
        return [(FREE_TIER, Decimal(0), signup, churned)]
    return [(FREE_TIER, Decimal(0), signup, paying), paid]


def _ids(people: Population) -> tuple[list[str], list[str]]:
    return _customer_ids(len(people)), _organization_ids(int(people.organization.max()) + 1)


@cache
def _customer_ids(count: int) -> list[str]:
    return customer_ids(count)


@cache
def _organization_ids(count: int) -> list[str]:
    return organization_ids(count)


@cache
def _products() -> list[str]:
    return list(dict.fromkeys(feature.product_id for feature in FEATURES))


@cache
def _task_types() -> list[str]:
    return [task.task_type for task in TASKS]


def _or_null(position: Ints, values: Ints) -> Ints:
    return np.where(position < 0, -1, values[position])


def _words(
    codes: NDArray[np.int32], words: list[str], is_null: NDArray[np.bool_] | None = None
) -> pa.DictionaryArray:
    """Dictionary-encoded strings."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=is_null), pa.array(words, pa.string()))


def _decimals(nano: Ints) -> pa.Array:
    """decimal(18, 9) from whole, non-negative billionths."""
    words = np.zeros((len(nano), 2), dtype=np.int64)
    words[:, 0] = nano
    return pa.Array.from_buffers(_COST, len(nano), [None, pa.py_buffer(words)])


@cache
def _digits() -> NDArray[np.uint64]:
    """The four ASCII digits of 0 to 9,999, as little-endian numbers."""
    text = "".join(f"{number:04d}" for number in range(10_000))
    return np.frombuffer(text.encode("ascii"), "<u4").astype(np.uint64)


def _numbered(day: date, letter: str, first: int, count: int) -> pa.Array:
    """`count` strings of day, letter and seven digits from `first` on: they sort as they count.

    Sixteen bytes each, put together as two 64-bit numbers. Raises OverflowError past seven
    digits.
    """
    if first + count > 10**_ID_DIGITS:
        raise OverflowError(f"{day}: more than {10**_ID_DIGITS:,} ids of one kind in a day")
    high, low = np.divmod(np.arange(first, first + count, dtype=np.uint32), np.uint32(10_000))
    text = np.empty((count, 2), dtype="<u8")
    text[:, 0] = np.frombuffer(f"{day:%Y%m%d}".encode("ascii"), "<u8")
    text[:, 1] = _digits()[high] & np.uint64(0xFFFFFF00) | np.uint64(ord(letter))
    text[:, 1] |= _digits()[low] << np.uint64(32)
    offsets = np.arange(0, 16 * count + 1, 16, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(text)])
