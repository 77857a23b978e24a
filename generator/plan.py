"""Everything drawn once per run: the plan that any worker can turn into any day's calls."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.calls.flow import Flow, flow_of
from generator.company.catalogue import FEATURE_INDEX, FEATURES, MODEL_INDEX, MODELS, TASK_INDEX
from generator.company.market import Market, specified_market, wide_market
from generator.company.planting import Anomaly, numbered, plant
from generator.company.population import ARCHETYPES, Population, draw_population
from generator.company.portfolio import draw_portfolio
from generator.company.prices import PriceBook, read_monthly_fees, read_price_book
from generator.company.segments import UNKNOWN, Segments, concatenate, trace_length
from generator.errors import UsageError
from generator.patterns.rhythm import day_noise, pulses_per_day, working_factor
from generator.patterns.seasonality import drift, weekly_factors
from generator.scenarios.protocol import Course, Planted
from generator.scenarios.registry import resolve
from generator.scenarios.troupe import Troupe

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEEDS: Final = Path("dbt_project/seeds")
BLOCK_CALLS: Final = 122_880
"""Calls of a mean day that one block of customers makes: a row group, and what memory holds."""

# Streams of random numbers; a stream's numbers depend on nothing but the seed and its key.
_POPULATION_STREAM: Final = 0
_PLANTING_STREAM: Final = 1
_PORTFOLIO_STREAM: Final = 2
NAMES_STREAM: Final = 3
TRAFFIC_STREAM: Final = 4
_SCENARIO_STREAM: Final = 5
_RHYTHM_STREAM: Final = 6
_WEEK_STREAM: Final = 7
CLOUD_STREAM: Final = 8
WORKLOAD_STREAM: Final = 9
BILLING_STREAM: Final = 10

_NANO: Final = 1_000_000_000
_INTERNAL_NOISE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; the period is the `days` days that end with `end_date`.

    `scenarios` names what moves the traffic (generator.scenarios.registry.resolve); none is the default data.
    With `with_cloud` what the company spends beside calls is written, too.
    """

    customers: int
    days: int
    end_date: date
    seed: int
    scenarios: tuple[str, ...] = ()
    with_cloud: bool = False

    @property
    def first(self) -> date:
        """First day of the period."""
        return self.end_date - timedelta(days=self.days - 1)

    def dates(self) -> list[date]:
        """Every day of the period."""
        return [self.first + timedelta(days=offset) for offset in range(self.days)]


@dataclass(frozen=True, slots=True)
class InternalJob:
    """Traffic of our own that no customer asked for: `spend_share` of the customers' spend."""

    name: str
    feature: int
    task: int
    model: int
    environment: int
    spend_share: float


INTERNAL_JOBS: Final = (
    InternalJob(
        "evaluation",
        FEATURE_INDEX["chat"],
        TASK_INDEX["chat"],
        MODEL_INDEX["claude-sonnet-4"],
        1,
        0.0055,
    ),
    InternalJob(
        "ad hoc",
        UNKNOWN,
        TASK_INDEX["reasoning"],
        MODEL_INDEX["gpt-4-turbo"],
        2,
        0.0025,
    ),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring owners whose calls are drawn together: positions in owners and segments."""

    number: int
    first_owner: int
    end_owner: int
    first_segment: int
    end_segment: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A run, ready to be carried out. Owners are the customers, then the internal jobs."""

    options: Options
    market: Market
    prices: PriceBook
    monthly_fees: tuple[str, ...]
    population: Population
    segments: Segments
    anomalies: tuple[Anomaly, ...]
    courses: tuple[Course, ...]
    lasting: tuple[Planted, ...]
    blocks: tuple[Block, ...]
    noise_sigma: Floats
    job_sigma: Floats
    pulses_per_day: Ints

    @property
    def owners(self) -> int:
        """Number of owners."""
        return len(self.population) + len(INTERNAL_JOBS)

    def normal_factor(self, day: date) -> Floats:
        """Expected traffic of each owner on `day` over its mean, weekday aside; shape [owners]."""
        people = self.population
        swing = drift(day, people.drift_amplitude, people.drift_period_days, people.drift_phase)
        served = np.where(people.is_active(day), swing, 0.0)
        return np.concatenate([served, np.ones(len(INTERNAL_JOBS))])

    def unevenness(self, day: date, block: Block, rng: np.random.Generator) -> Floats:
        """What `day` brings to each owner of `block` over what is expected of it."""
        customers = self.population.days_per_week[block.first_owner : block.end_owner]
        sigma = self.noise_sigma[block.first_owner : block.end_owner]
        noise = day_noise(sigma, rng)
        monday = day.toordinal() - day.weekday()
        week = self.stream(_WEEK_STREAM, monday, block.number)
        noise[: len(customers)] *= working_factor(customers, day.weekday(), week)
        return noise

    def normal_calls(self, day: date, segments: Segments) -> Floats:
        """Expected calls of each of `segments` on `day` without anomalies and noise."""
        weekly = weekly_factors()[segments.task, day.weekday()]
        calls: Floats = segments.calls_per_day * weekly
        return calls * self.normal_factor(day)[segments.customer]

    def flow(self, day: date, segments: Segments, left_out: Course | None = None) -> Flow:
        """What is expected of `segments` on `day` as the scenarios move them, without anomalies and noise.

        `left_out` is a course to leave out, for what would have been without it.
        """
        flow = flow_of(segments, self.normal_calls(day, segments))
        for course in self.courses:
            flow = course.without(day, flow) if course is left_out else course.on(day, flow)
        return flow

    def stream(self, *key: int) -> np.random.Generator:
        """The random stream of a key."""
        return _stream(self.options.seed, *key)


def _stream(seed: int, *key: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


def midnight(day: date) -> datetime:
    """Start of a UTC day, without zone as everywhere in the raw data."""
    return datetime.combine(day, time())


def make_plan(options: Options, seeds: Path = SEEDS) -> Plan:
    """Draw the plan; raises UsageError where the seeds do not fit the options."""
    market = wide_market() if options.scenarios else specified_market()
    prices = read_price_book(seeds / "demo_prices.csv", MODELS[: market.models])
    fees = read_monthly_fees(seeds / "subscription_tiers.csv")
    wanted = {tier for kind in ARCHETYPES for tier in kind.tier_shares}
    if not wanted <= fees.keys():
        missing = ", ".join(sorted(wanted - fees.keys()))
        raise UsageError(f"{seeds / 'subscription_tiers.csv'} lacks the tiers {missing}")
    first, last = options.first, options.end_date
    price = prices.at(midnight(first))
    tiers = tuple(tier for tier in fees if tier in wanted)
    population = draw_population(
        options.customers, first, last, tiers, _stream(options.seed, _POPULATION_STREAM)
    )
    troupe = Troupe(
        names=resolve(options.scenarios),
        first=first,
        last=last,
        market=market,
        is_offered=np.all(price >= 0, axis=2),
        stream=partial(_stream, options.seed, _SCENARIO_STREAM),
    )
    population = troupe.settle(population)
    ordinary = plant(population, first, last, _stream(options.seed, _PLANTING_STREAM))
    anomalies = numbered((*ordinary, *troupe.strike(population, ordinary)))
    rng = _stream(options.seed, _PORTFOLIO_STREAM)
    own = draw_portfolio(population, anomalies, price, market=market, rng=rng)
    segments = concatenate([own, _internal(own, options.customers, price)])
    courses = troupe.courses(population, own)
    busiest = _busiest(segments, courses, options)
    per_owner = np.bincount(segments.customer, weights=busiest).astype(np.float64)
    pulses = np.zeros((options.customers + len(INTERNAL_JOBS), len(FEATURES)), dtype=np.int64)
    pulses[: options.customers] = pulses_per_day(
        population, _by_feature(own, busiest, options.customers), _stream(options.seed, _RHYTHM_STREAM)
    )
    return Plan(
        options=options,
        market=market,
        prices=prices,
        monthly_fees=tuple(str(fees[tier]) for tier in tiers),
        population=population,
        segments=segments,
        anomalies=anomalies,
        courses=courses,
        lasting=troupe.lasting(population),
        blocks=_blocks(segments, per_owner, options.customers),
        noise_sigma=_by_owner([kind.day_sigma for kind in ARCHETYPES], population, _INTERNAL_NOISE),
        job_sigma=_by_owner([kind.job_sigma for kind in ARCHETYPES], population, 0.0),
        pulses_per_day=pulses,
    )


def _internal(own: Segments, customers: int, price: Ints) -> Segments:
    """One segment per internal job, sized by its share of all customers' expected spend."""
    jobs = len(INTERNAL_JOBS)
    spend = own.customer_cost_nano_per_day(customers, price).sum()
    task = np.array([job.task for job in INTERNAL_JOBS])
    ones = np.ones(jobs)
    zeros = np.zeros(jobs, dtype=np.int64)
    one_call = Segments(
        customer=customers + np.arange(jobs),
        feature=np.array([job.feature for job in INTERNAL_JOBS]),
        task=task,
        model=np.array([job.model for job in INTERNAL_JOBS]),
        service_tier=zeros,
        environment=np.array([job.environment for job in INTERNAL_JOBS]),
        region=zeros,
        agent=np.full(jobs, UNKNOWN),
        calls_per_day=ones,
        trace_length=ones,
        input_scale=ones,
        output_scale=ones,
    )
    share = np.array([job.spend_share for job in INTERNAL_JOBS])
    calls = spend * share / one_call.cost_nano_per_call(price)
    length = trace_length(task, ones, calls)
    columns = {name: getattr(one_call, name) for name in Segments.__slots__}
    return Segments(**(columns | {"calls_per_day": calls, "trace_length": length}))


def _busiest(segments: Segments, courses: tuple[Course, ...], options: Options) -> Floats:
    """Calls per day of each segment where scenarios make them most: at the ends or in the middle."""
    most = segments.calls_per_day
    for part in (0.0, 0.5, 1.0) if courses else ():
        day = options.first + timedelta(days=int(part * (options.days - 1)))
        flow = flow_of(segments, segments.calls_per_day)
        for course in courses:
            flow = course.on(day, flow)
        most = np.maximum(most, np.bincount(flow.row, weights=flow.calls, minlength=len(segments)))
    return most


def _by_owner(by_archetype: list[float], people: Population, internal: float) -> Floats:
    """The value of each customer's archetype, then that of our own jobs."""
    return np.append(np.array(by_archetype)[people.archetype], np.full(len(INTERNAL_JOBS), internal))


def _by_feature(segments: Segments, calls_per_day: Floats, customers: int) -> Floats:
    """Calls per day of the first segments of a plan by customer and feature, shape [customers, features]."""
    application = segments.customer * len(FEATURES) + segments.feature
    calls = np.bincount(application, calls_per_day[: len(segments)], minlength=customers * len(FEATURES))
    return calls.astype(np.float64).reshape(customers, len(FEATURES))


def _blocks(segments: Segments, per_owner: Floats, customers: int) -> tuple[Block, ...]:
    """Cut the customers into blocks of about BLOCK_CALLS calls a day; internal jobs join the last."""
    number = (np.cumsum(per_owner) // BLOCK_CALLS).astype(np.int64)
    number[customers:] = number[customers - 1]
    starts = np.flatnonzero(np.diff(number, prepend=-1)).tolist()
    ends = [*starts[1:], len(per_owner)]
    segment_starts = np.searchsorted(segments.customer, starts).tolist()
    segment_ends = [*segment_starts[1:], len(segments)]
    return tuple(
        Block(index, *edges)
        for index, edges in enumerate(zip(starts, ends, segment_starts, segment_ends, strict=True))
    )
