"""How unevenly customers call: from day to day, and within a day.

The default data keeps steady; where scenarios move the traffic, it has the unevenness of production
as well. There the work of a large customer's feature often comes in pulses (a queue is worked off, a
meeting starts), jobs are run on some days and not on others, and a small customer is rarely as busy
today as yesterday.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import FEATURES, TASKS
from generator.company.population import ARCHETYPES, Population
from generator.patterns.seasonality import weekly_factors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MAX_PULSES: Final = 16
PULSE_SECONDS: Final = 30
"""Within how long the conversations and runs of a pulse begin."""

_PULSE_SPREAD: Final = 0.3
_LIGHT: Final = 0
_IS_JOB: Final = np.array([task.hour_shape == "batch" for task in TASKS])
# Editors send calls as people type, one after the other.
_IS_TYPED: Final = np.array([feature.task_type == "code_completion" for feature in FEATURES])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What makes traffic uneven, and applications unlike.

    `day_sigma` is the spread (log scale) of a customer's days, `trace_factor` how much shorter than a
    large customer's its conversations are, both by archetype.

    `job_sigma` is the further spread of the days of a feature that runs as a job. Of the customers larger
    than light ones `pulsing_share` work in pulses of about `calls_per_pulse`. `likeness` (0-1) is how
    far the prompts and the answers of an application are long or short together; `code_weekend` a further
    factor on the weekends of tasks that keep the hours of code.
    """

    day_sigma: tuple[float, ...]
    trace_factor: tuple[float, ...]
    job_sigma: float
    pulsing_share: float
    calls_per_pulse: float
    likeness: float
    code_weekend: float

    def week(self) -> Floats:
        """Traffic of a weekday over the mean day, shape [tasks, 7]."""
        return weekly_factors(self.code_weekend)

    def job_noise(self, task: Ints, rng: np.random.Generator) -> Floats:
        """Factors around 1 for the segments of `task` on one day; draws nothing where jobs are steady."""
        if self.job_sigma == 0:
            return np.ones(len(task))
        sigma = np.where(_IS_JOB[task], self.job_sigma, 0.0)
        factor: Floats = np.exp(sigma * rng.standard_normal(len(task)) - sigma**2 / 2)
        return factor

    def pulses_per_day(self, people: Population, calls_per_day: Floats, rng: np.random.Generator) -> Ints:
        """In how many pulses a feature's day comes, 0 where not in pulses; shape [customers, features].

        `calls_per_day` has the same shape.
        """
        count = len(people)
        large = rng.permutation(count)
        large = large[people.archetype[large] != _LIGHT]
        pulsing = large[: round(self.pulsing_share * len(large))]
        size = self.calls_per_pulse * np.exp(_PULSE_SPREAD * rng.standard_normal(count))
        pulses = np.zeros((count, len(FEATURES)), dtype=np.int64)
        wanted = np.rint(calls_per_day[pulsing] / size[pulsing, None])
        pulses[pulsing] = np.where(_IS_TYPED, 0, np.clip(wanted, 1, MAX_PULSES))
        return pulses


STEADY: Final = Rhythm(
    tuple(kind.day_sigma for kind in ARCHETYPES),
    tuple(kind.trace_factor for kind in ARCHETYPES),
    job_sigma=0.0,
    pulsing_share=0.0,
    calls_per_pulse=1.0,
    likeness=0.6,
    code_weekend=1.0,
)
UNEVEN: Final = Rhythm(
    (0.80, *STEADY.day_sigma[1:]),
    (0.0, *STEADY.trace_factor[1:]),
    job_sigma=0.60,
    pulsing_share=0.85,
    calls_per_pulse=60.0,
    likeness=0.4,
    code_weekend=0.88,
)
