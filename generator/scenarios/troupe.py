"""The scenarios of one run, carried out together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from generator.company.market import Market
from generator.company.planting import Anomaly
from generator.company.population import Population
from generator.company.segments import Segments
from generator.scenarios.protocol import Course, Flags, Planted, Scenario, Setting
from generator.scenarios.registry import NAMES, SCENARIOS

# The stream that parts the customers among those who strike; scenarios are numbered around it.
_PARTS_STREAM = 11
# Who strikes suddenly does so among customers of its own, so that no strike depends on another scenario.
_STRIKERS = tuple(name for name in NAMES if type(SCENARIOS[name]).strike is not Scenario.strike)


@dataclass(frozen=True, slots=True)
class Troupe:
    """The scenarios of a run by name, in the order of NAMES.

    `stream` opens the stream of random numbers of a number; the other fields are those of Setting.
    """

    names: tuple[str, ...]
    first: date
    last: date
    market: Market
    is_offered: Flags
    stream: Callable[[int], np.random.Generator]

    def settle(self, people: Population) -> Population:
        """The population after every scenario has moved whom it moves."""
        for name in self.names:
            people = SCENARIOS[name].settle(people, self._setting(name))
        return people

    def strike(self, people: Population, planted: tuple[Anomaly, ...]) -> list[Anomaly]:
        """Sudden events beside those `planted` already: at most one per customer."""
        free = np.ones(len(people), dtype=bool)
        free[[anomaly.customer for anomaly in planted]] = False
        part = self.stream(_PARTS_STREAM).permutation(len(people)) % len(_STRIKERS)
        return [
            anomaly
            for name in self.names
            if name in _STRIKERS
            for anomaly in SCENARIOS[name].strike(
                people, self._setting(name), free & (part == _STRIKERS.index(name))
            )
        ]

    def courses(self, people: Population, segments: Segments) -> tuple[Course, ...]:
        """What moves the traffic from day to day."""
        return tuple(
            course
            for name in self.names
            for course in SCENARIOS[name].courses(people, segments, self._setting(name))
        )

    def lasting(self, people: Population) -> tuple[Planted, ...]:
        """Known truth that belongs to no course."""
        return tuple(
            row for name in self.names for row in SCENARIOS[name].lasting(people, self._setting(name))
        )

    def _setting(self, name: str) -> Setting:
        place = NAMES.index(name)
        number = place if place < _PARTS_STREAM else place + 1
        return Setting(self.first, self.last, self.market, self.is_offered, lambda: self.stream(number))
