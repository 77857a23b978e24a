"""The statistics by which traffic is compared; pure functions of numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MINUTES_PER_DAY = 1440


def lognormal_distance(values: Floats, normal: Floats) -> float:
    """Kolmogorov-Smirnov distance of `values` from the lognormal fitted to them.

    `normal` are equally likely standard normal values, ascending.
    """
    logs = np.sort(np.log(values))
    z = (logs - logs.mean()) / logs.std()
    expected = np.searchsorted(normal, z) / len(normal)
    return float(np.abs(expected - np.arange(len(z)) / len(z)).max())


def two_sample_distance(one: Floats, other: Floats) -> float:
    """Kolmogorov-Smirnov distance of two samples: the largest gap of their distribution functions."""
    one, other = np.sort(one), np.sort(other)
    at = np.concatenate([one, other])
    gap = np.searchsorted(one, at, side="right") / len(one) - np.searchsorted(other, at, side="right") / len(
        other
    )
    return float(np.abs(gap).max())


def peak_over_trough(hours: Floats) -> float:
    """Busiest over quietest hour of a day of 24; three neighbouring hours together, as single ones jump."""
    smooth = (np.roll(hours, 1) + hours + np.roll(hours, -1)) / 3
    return float(smooth.max() / smooth.min())


def day_cv(calls: Floats) -> float:
    """Standard deviation of days over their mean."""
    return float(calls.std(ddof=1) / calls.mean()) if len(calls) > 1 else 0.0


def dispersion(minutes: Sequence[tuple[int, int]]) -> float:
    """Variance over mean of the calls per minute of a day; `minutes` names those with calls."""
    counts = np.zeros(MINUTES_PER_DAY)
    for minute, count in minutes:
        counts[minute] = count
    return float(counts.var() / counts.mean()) if counts.any() else 0.0


def gini(values: Floats) -> float:
    """Gini coefficient: 0 where all have the same, near 1 where one has everything."""
    ordered = np.sort(values)
    count = len(ordered)
    weighted = float((np.arange(1, count + 1) * ordered).sum())
    return 2 * weighted / (count * float(ordered.sum())) - (count + 1) / count


def top_share(values: Floats, part: float) -> float:
    """What the largest `part` (0-1) of the values have of the sum."""
    ordered = np.sort(values)
    return float(ordered[-max(1, round(part * len(ordered))) :].sum() / ordered.sum())
