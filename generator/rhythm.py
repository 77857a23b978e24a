"""How unevenly customers call: from day to day, and within a day.

The default data keeps steady; where scenarios move the traffic, it has the unevenness of production
as well. There a large customer's work often comes in pulses (a queue is worked off, a meeting starts),
whatever the features it uses, and a small one is rarely as busy today as yesterday.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.population import ARCHETYPES, Population

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MAX_PULSES: Final = 64
PULSE_SECONDS: Final = 90
"""Within how long the conversations and runs of a pulse begin."""

_PULSE_SPREAD: Final = 0.3
_LIGHT: Final = 0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`day_sigma` is the spread (log scale) of a customer's days by archetype.

    Of the customers larger than light ones `pulsing_share` work in pulses of about `calls_per_pulse`.
    """

    day_sigma: tuple[float, ...]
    pulsing_share: float
    calls_per_pulse: float

    def pulses_per_day(self, people: Population, calls_per_day: Floats, rng: np.random.Generator) -> Ints:
        """In how many pulses each customer's day comes, 0 where it does not; shape [customers]."""
        count = len(people)
        large = rng.permutation(count)
        large = large[people.archetype[large] != _LIGHT]
        pulsing = large[: round(self.pulsing_share * len(large))]
        size = self.calls_per_pulse * np.exp(_PULSE_SPREAD * rng.standard_normal(count))
        pulses = np.zeros(count, dtype=np.int64)
        pulses[pulsing] = np.clip(np.rint(calls_per_day / size)[pulsing], 1, MAX_PULSES)
        return pulses


STEADY: Final = Rhythm(tuple(kind.day_sigma for kind in ARCHETYPES), 0.0, 1.0)
UNEVEN: Final = Rhythm((0.60, *STEADY.day_sigma[1:]), 0.35, 55.0)
