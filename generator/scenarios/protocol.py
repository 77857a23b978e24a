"""What a scenario is: up to three things that it may do to a run, each on its own.

Scenarios combine because none looks at what another did: they change different columns of the
population, plant on customers of their own, and move the expected traffic by factors. A run carries
them out in one fixed order, whatever order they were asked for in.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from generator.calls.flow import Flow
from generator.company.market import Market
from generator.company.planting import Anomaly
from generator.company.population import Population
from generator.company.segments import Segments

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Setting:
    """The run that a scenario is part of.

    `draw` opens a stream of random numbers of the scenario's own, always the same one; `is_offered`
    ([service tiers, models]) says what is on sale throughout.
    """

    first: date
    last: date
    market: Market
    is_offered: Flags
    draw: Callable[[], np.random.Generator]

    @property
    def days(self) -> int:
        """Length of the period."""
        return (self.last - self.first).days + 1

    def day_at(self, share: float) -> date:
        """The day at `share` (0-1) of the period."""
        return self.first + timedelta(days=int(share * (self.days - 1)))


@dataclass(frozen=True, slots=True)
class Planted:
    """One known truth: what happens to whom, its dates inclusive.

    `factor` is the effect at its height over what would have been; what it multiplies stands in
    `description`.
    """

    scenario: str
    kind: str
    subject_type: str
    subject_id: str
    first: date
    last: date
    factor: float
    description: str


class Course(ABC):
    """How traffic moves from day to day on account of a scenario, and what of it is known truth."""

    @property
    @abstractmethod
    def planted(self) -> tuple[Planted, ...]:
        """What this course brings about."""

    @abstractmethod
    def on(self, day: date, flow: Flow) -> Flow:
        """The flow of `day`, moved."""

    def without(self, day: date, flow: Flow) -> Flow:  # noqa: ARG002
        """The flow of `day` had the scenario not been: what its amount is measured against."""
        return flow

    @abstractmethod
    def subject(self, day: date, segments: Segments) -> Ints:
        """Which of `planted` is answerable for each of `segments` on `day`, -1 where none is."""


class Scenario:
    """One pattern of traffic. What a subclass leaves out, it does not touch."""

    def settle(self, people: Population, setting: Setting) -> Population:  # noqa: ARG002
        """Where and for how long customers are served."""
        return people

    def strike(self, people: Population, setting: Setting, free: Flags) -> list[Anomaly]:  # noqa: ARG002
        """Sudden events on some of the `free` ([customers]) customers, which are the scenario's own."""
        return []

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """What moves from day to day, given who runs what."""
        return ()

    def lasting(self, people: Population, setting: Setting) -> tuple[Planted, ...]:  # noqa: ARG002
        """Known truth that has no price of its own."""
        return ()


def of_customer(values: NDArray[np.generic], customer: Ints, otherwise: float) -> Floats:
    """`values` ([customers]) of each owner in `customer`; our own jobs, which are none, get `otherwise`."""
    known = customer < len(values)
    found = values[np.where(known, customer, 0)].astype(np.float64)
    return np.where(known, found, otherwise)


def ramp(day: date, start: date, length: int) -> float:
    """How far (0-1) a change of `length` days that begins on `start` has come: slow, fast, slow."""
    part = min(1.0, max(0.0, ((day - start).days + 1) / max(1, length)))
    return part * part * (3.0 - 2.0 * part)
