"""A segment: the calls of one customer that share every dimension (feature, model, tier, ...)."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import AGENTS, FEATURES, MODELS, TASK_INDEX, TASKS
from generator.company.population import ARCHETYPES, Population
from generator.patterns.seasonality import SHAPE_INDEX
from generator.patterns.tokens import input_table, output_table

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BATCH: Final = 1
CACHE_BLOCK_TOKENS: Final = 128
UNKNOWN: Final = -1
"""Position of a dimension that a call does not carry."""

RATE_LIMITED_SHARE: Final = 0.35
SERVER_ERROR_SHARE: Final = 0.30
TIMEOUT_SHARE: Final = 0.22

_INPUT_SPREAD: Final = 0.35
_OUTPUT_SPREAD: Final = 0.35
_LIKENESS: Final = 0.4
"""How far (0-1) the prompts and the answers of an application are long or short together."""
_FEATURE_TASK: Final = np.array([TASK_INDEX[feature.task_type] for feature in FEATURES])
_AGENT_TASK: Final = TASK_INDEX["agent"]


@dataclass(frozen=True, slots=True)
class Segments:
    """All segments as columns of shape [segments], ordered by customer.

    Dimensions are positions in the catalogue, UNKNOWN where absent. `calls_per_day` is the mean
    over a week; `trace_length` the mean calls of a trace; scales multiply the task's tokens.
    """

    customer: Ints
    feature: Ints
    task: Ints
    model: Ints
    service_tier: Ints
    environment: Ints
    region: Ints
    agent: Ints
    calls_per_day: Floats
    trace_length: Floats
    input_scale: Floats
    output_scale: Floats

    def __len__(self) -> int:
        return len(self.customer)

    def scaled(self, factor: Floats) -> "Segments":
        """The same segments with `factor` times the tokens."""
        return replace(
            self,
            input_scale=self.input_scale * factor,
            output_scale=self.output_scale * factor,
        )

    def take(self, chosen: Ints) -> "Segments":
        """The segments at positions `chosen`, in that order."""
        return Segments(**{name: getattr(self, name)[chosen] for name in self.__slots__})

    def of_customer(self, customer: int) -> "Segments":
        """The segments of one customer, which are neighbours."""
        first, end = np.searchsorted(self.customer, [customer, customer + 1])
        return self.take(np.arange(first, end))

    def cost_nano_per_call(self, prices_nano: Ints) -> Floats:
        """Expected cost of a call in nano-dollars, failures included."""
        return expected_cost_nano(
            self.task,
            self.model,
            self.service_tier,
            input_scale=self.input_scale,
            output_scale=self.output_scale,
            trace_length=self.trace_length,
            prices_nano=prices_nano,
        )

    def customer_cost_nano_per_day(self, customers: int, prices_nano: Ints) -> Floats:
        """Expected cost of a mean day, shape [customers]."""
        cost = self.cost_nano_per_call(prices_nano) * self.calls_per_day
        total = np.bincount(self.customer, weights=cost, minlength=customers)
        return total.astype(np.float64)


def concatenate(parts: list[Segments]) -> Segments:
    """One set of segments from several."""
    return Segments(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in Segments.__slots__}
    )


def input_caps(task: Ints, model: Ints) -> Floats:
    """Longest prompt: what the application allows and the model's context holds."""
    caps: Floats = np.array([task.input_cap for task in TASKS], dtype=float)[task]
    context = np.array([model.context_tokens for model in MODELS], dtype=float)[model]
    return np.minimum(caps, np.floor(0.92 * context))


def output_caps(task: Ints) -> Floats:
    """Longest answer that the application asks for."""
    caps: Floats = np.array([task.output_cap for task in TASKS], dtype=float)
    return np.take(caps, task)


def expected_cost_nano(
    task: Ints,
    model: Ints,
    service_tier: Ints,
    *,
    input_scale: Floats,
    output_scale: Floats,
    trace_length: Floats,
    prices_nano: Ints,
) -> Floats:
    """Mean cost of a call in nano-dollars, all arguments of shape [n], failures included."""
    price = prices_nano[service_tier, model].astype(float)
    prompt = input_table().mean(task, input_scale, input_caps(task, model))
    answer = output_table().mean(task, output_scale, output_caps(task))
    share = np.array([task.cached_share for task in TASKS])[task]
    # The first call of a trace finds nothing cached; a cache holds whole blocks.
    found = np.maximum(0.0, share * prompt - CACHE_BLOCK_TOKENS / 2) * (share > 0)
    cached = found * (1.0 - 1.0 / trace_length)
    failing = np.array([model.failure_share for model in MODELS])[model]
    unanswered = RATE_LIMITED_SHARE + SERVER_ERROR_SHARE
    asked = (prompt - cached) * price[:, 0] + cached * price[:, 1]
    cost: Floats = asked * (1.0 - failing * unanswered)
    cost += answer * price[:, 2] * (1.0 - failing)
    return cost


def build_segments(
    population: Population,
    rows: dict[str, NDArray[np.generic]],
    rng: np.random.Generator,
) -> Segments:
    """Segments from their dimensions and rates, with the traits of each application drawn.

    One application (customer x feature) has one prompt design: its segments share their scales.
    """
    customer = rows["customer"].astype(np.int64)
    feature = rows["feature"].astype(np.int64)
    rate = rows["calls_per_day"].astype(float)
    task = _FEATURE_TASK[feature]
    application, position = np.unique(customer * len(FEATURES) + feature, return_inverse=True)
    size = len(application)
    common = rng.standard_normal(size)
    own = np.sqrt(1 - _LIKENESS)
    shared = np.sqrt(_LIKENESS)
    scale_in = np.exp(_INPUT_SPREAD * (shared * common + own * rng.standard_normal(size)))
    scale_out = np.exp(_OUTPUT_SPREAD * (shared * common + own * rng.standard_normal(size)))
    agent = rng.integers(0, len(AGENTS), size)
    factor = np.array([kind.trace_factor for kind in ARCHETYPES])[population.archetype[customer]]
    return Segments(
        customer=customer,
        feature=feature,
        task=task,
        model=rows["model"].astype(np.int64),
        service_tier=rows["service_tier"].astype(np.int64),
        environment=rows["environment"].astype(np.int64),
        region=population.region[customer],
        agent=np.where(task == _AGENT_TASK, agent[position], UNKNOWN),
        calls_per_day=rate,
        trace_length=trace_length(task, factor, rate),
        input_scale=scale_in[position],
        output_scale=scale_out[position],
    )


def shape_of_task() -> Ints:
    """Position of each task's hour shape, shape [tasks]."""
    return np.array([SHAPE_INDEX[task.hour_shape] for task in TASKS])


def trace_length(task: Ints, factor: Floats, calls_per_day: Floats) -> Floats:
    """Mean calls of a trace: shorter for small customers, never most of a day's work."""
    longest = np.array([task.calls_per_trace for task in TASKS])[task]
    return np.minimum(1.0 + (longest - 1.0) * factor, np.maximum(1.0, calls_per_day / 3.0))
