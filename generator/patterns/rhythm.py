"""How unevenly customers call: from day to day, and within a day.

A small customer has work for a model on some days of the week and not on others; a large one's jobs have more
to do on some days than on others, and the work of its features often comes in pulses (a queue is worked off,
a meeting starts).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import FEATURES, TASKS
from generator.company.population import LIGHT, Population

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MAX_PULSES: Final = 16
PULSE_SECONDS: Final = 30
"""Within how long the conversations and runs of a pulse begin."""

_DAYS_OF_WEEK: Final = 7
_PULSING_SHARE: Final = 0.85
"""Of the customers larger than light ones, how many work in pulses."""
_CALLS_PER_PULSE: Final = 60.0
_PULSE_SPREAD: Final = 0.3
_IS_JOB: Final = np.array([task.hour_shape == "batch" for task in TASKS])
# Editors send calls as people type, one after the other.
_IS_TYPED: Final = np.array([feature.task_type == "code_completion" for feature in FEATURES])


def working_factor(days_per_week: Ints, weekday: int, rng: np.random.Generator) -> Floats:
    """Traffic of each customer's day over its mean: all of a week's on its working days.

    `rng` is the week's, so that each of its days finds the same working days, as many as `days_per_week`
    ([customers]) says: a month of a small customer is steadier than its days.
    """
    turn = rng.random((len(days_per_week), _DAYS_OF_WEEK))
    place = (turn < turn[:, weekday, None]).sum(axis=1)
    factor: Floats = np.where(place < days_per_week, _DAYS_OF_WEEK / days_per_week, 0.0)
    return factor


def day_noise(sigma: Floats, rng: np.random.Generator) -> Floats:
    """Factors around 1, `sigma` being their spread on a log scale."""
    factor: Floats = np.exp(sigma * rng.standard_normal(len(sigma)) - sigma**2 / 2)
    return factor


def job_noise(sigma: Floats, task: Ints, rng: np.random.Generator) -> Floats:
    """Further factors around 1 for segments of `task` on one day; `sigma` is that of their owners' jobs."""
    return day_noise(np.where(_IS_JOB[task], sigma, 0.0), rng)


def pulses_per_day(people: Population, calls_per_day: Floats, rng: np.random.Generator) -> Ints:
    """In how many pulses a feature's day comes, 0 where not in pulses; shape [customers, features].

    `calls_per_day` has the same shape.
    """
    count = len(people)
    large = rng.permutation(count)
    large = large[people.archetype[large] != LIGHT]
    pulsing = large[: round(_PULSING_SHARE * len(large))]
    size = _CALLS_PER_PULSE * np.exp(_PULSE_SPREAD * rng.standard_normal(count))
    pulses = np.zeros((count, len(FEATURES)), dtype=np.int64)
    wanted = np.rint(calls_per_day[pulsing] / size[pulsing, None])
    pulses[pulsing] = np.where(_IS_TYPED, 0, np.clip(wanted, 1, MAX_PULSES))
    return pulses
