"""Who calls: customers, their organisations, tiers and lifetimes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.patterns.seasonality import HOME_REGIONS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Range:
    """A closed interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of customer.

    The first two ranges are promises about any 30 days; the targets drawn lie inside them by the
    margin that day-to-day variation needs. `days_per_week` (least, most) says on how many days a
    customer works, `day_sigma` is the spread (log scale) of those days beside that of its single
    calls, `job_sigma` the further spread of the days of a feature that runs as a job, `trace_factor`
    how much shorter than a large customer's its conversations are.
    """

    name: str
    share: float
    calls_per_day: Range
    monthly_cost_usd: Range
    target_calls_per_day: Range
    target_monthly_cost_usd: Range
    features: tuple[int, int]
    tier_shares: dict[str, float]
    days_per_week: tuple[int, int]
    day_sigma: float
    job_sigma: float
    trace_factor: float


ARCHETYPES: Final = (
    Archetype(
        "light",
        0.70,
        Range(5, 20),
        Range(3, 12),
        Range(7.0, 14.5),
        Range(4.6, 8.6),
        (1, 3),
        {"starter": 0.84, "pro": 0.15, "enterprise": 0.01},
        (4, 5),
        0.22,
        0.0,
        0.0,
    ),
    Archetype(
        "power",
        0.20,
        Range(50, 150),
        Range(35, 85),
        Range(65, 116),
        Range(47, 66),
        (3, 6),
        {"starter": 0.22, "pro": 0.62, "enterprise": 0.16},
        (7, 7),
        0.18,
        0.60,
        0.45,
    ),
    Archetype(
        "heavy",
        0.10,
        Range(200, 500),
        Range(150, 450),
        Range(248, 405),
        Range(188, 355),
        (5, 9),
        {"starter": 0.04, "pro": 0.34, "enterprise": 0.62},
        (7, 7),
        0.14,
        0.60,
        1.0,
    ),
)

LIGHT: Final = 0
POWER: Final = 1
HEAVY: Final = 2
"""Positions in ARCHETYPES."""

FREE_TIER: Final = "free"
"""The tier of customers without a fee, which no list of fees has."""

_MONTHLY_CHURN: Final = {"starter": 0.035, "pro": 0.02, "enterprise": 0.008}
_MONTHLY_SIGNUPS: Final = 0.035
_MEAN_AGE_DAYS: Final = 320
_MAX_AGE_DAYS: Final = 1500
_ORGANIZATION_SIZES: Final = (1, 1, 1, 1, 1, 1, 2, 2, 3, 5)
_DAYS_BEFORE_CHURN: Final = 20


@dataclass(frozen=True, slots=True)
class Population:
    """All customers, one position each; dates as proleptic ordinals.

    `churned` is the first day without service, or 0 while active; `paying` the first day on a plan
    with a fee, 0 for who has none to the end. Drift and days per week describe how a customer's
    traffic moves from day to day.
    """

    archetype: Ints
    tier: Ints
    organization: Ints
    region: Ints
    signup: Ints
    churned: Ints
    paying: Ints
    drift_amplitude: Floats
    drift_period_days: Floats
    drift_phase: Floats
    days_per_week: Ints
    tier_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.archetype)

    def is_active(self, day: date) -> NDArray[np.bool_]:
        """Which customers are served on `day`, shape [customers]."""
        ordinal = day.toordinal()
        is_left = (self.churned > 0) & (self.churned <= ordinal)
        return np.logical_and(self.signup <= ordinal, ~is_left)

    def is_free(self, day: date) -> NDArray[np.bool_]:
        """Which customers have no fee yet on `day`, shape [customers]."""
        is_free: NDArray[np.bool_] = (self.paying == 0) | (self.paying > day.toordinal())
        return is_free

    def active_throughout(self, first: date, last: date) -> NDArray[np.bool_]:
        """Which customers are served on every day from `first` to `last`."""
        return self.is_active(first) & self.is_active(last)


def customer_ids(count: int) -> list[str]:
    """cust_0001 and on, wide enough to sort."""
    width = max(4, len(str(count)))
    return [f"cust_{index:0{width}d}" for index in range(1, count + 1)]


def organization_ids(count: int) -> list[str]:
    """org_001 and on, wide enough to sort."""
    width = max(3, len(str(count)))
    return [f"org_{index:0{width}d}" for index in range(1, count + 1)]


def draw_population(
    customers: int,
    first: date,
    last: date,
    tiers: tuple[str, ...],
    rng: np.random.Generator,
) -> Population:
    """Draw `customers` customers, some of whom sign up or leave between `first` and `last`."""
    archetype = _shuffled_archetypes(customers, rng)
    tier = np.empty(customers, dtype=np.int64)
    for index, kind in enumerate(ARCHETYPES):
        chosen = archetype == index
        shares = [kind.tier_shares.get(name, 0.0) for name in tiers]
        tier[chosen] = rng.choice(len(tiers), size=int(chosen.sum()), p=shares)
    sizes = rng.choice(_ORGANIZATION_SIZES, size=customers)
    organization = np.repeat(np.arange(customers), sizes)[:customers]
    signup, churned = _lifetimes(tier, first, last, tiers, rng)
    return Population(
        archetype=archetype,
        tier=tier,
        organization=organization,
        region=rng.choice(len(HOME_REGIONS), size=customers, p=[region.weight for region in HOME_REGIONS]),
        signup=signup,
        churned=churned,
        paying=signup.copy(),
        drift_amplitude=rng.uniform(0.0, 0.06, customers),
        drift_period_days=rng.uniform(70, 220, customers),
        drift_phase=rng.random(customers),
        days_per_week=_days_per_week(archetype, rng),
        tier_names=tiers,
    )


def _shuffled_archetypes(customers: int, rng: np.random.Generator) -> Ints:
    edges = np.round(np.cumsum([kind.share for kind in ARCHETYPES]) * customers).astype(int)
    counts = np.diff(edges, prepend=0)
    return rng.permutation(np.repeat(np.arange(len(ARCHETYPES)), counts))


def _days_per_week(archetype: Ints, rng: np.random.Generator) -> Ints:
    low, high = np.array([kind.days_per_week for kind in ARCHETYPES])[archetype].T
    days: Ints = rng.integers(low, high, endpoint=True)
    return days


def _lifetimes(
    tier: Ints,
    first: date,
    last: date,
    tiers: tuple[str, ...],
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    days = (last - first).days + 1
    count = len(tier)
    age = np.minimum(rng.exponential(_MEAN_AGE_DAYS, count), _MAX_AGE_DAYS).astype(np.int64)
    signup = first.toordinal() - age
    is_new = rng.random(count) < 1.0 - (1.0 - _MONTHLY_SIGNUPS) ** (days / 30)
    signup = np.where(is_new, first.toordinal() + rng.integers(0, days, count), signup)

    daily = np.array([_MONTHLY_CHURN.get(name, 0.02) for name in tiers])[tier] / 30
    stay = _DAYS_BEFORE_CHURN + (rng.exponential(1.0, count) / daily).astype(np.int64)
    churned = np.maximum(signup, first.toordinal()) + stay
    return signup, np.where(churned <= last.toordinal(), churned, 0)


def as_date(ordinal: int) -> date:
    """The date of an ordinal."""
    return date(1, 1, 1) + timedelta(days=ordinal - 1)
