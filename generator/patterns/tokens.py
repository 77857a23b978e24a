"""Token counts: tables to draw from, and their exact means.

A call draws one of TABLE_SIZE equally likely quantiles of its task's mixture, times the scale of
its application, cut off at a cap. Mixtures, because production prompts are templates around a
variable part: one lognormal does not fit them.
"""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import TASKS, Lognormal, Spike

TABLE_SIZE: Final = 65_536
_NORMAL_POINTS: Final = 16_384

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@cache
def normal_quantiles() -> Floats:
    """Standard normal quantiles at the midpoints of _NORMAL_POINTS equal steps, ascending."""
    inverse = NormalDist().inv_cdf
    half = [inverse((index + 0.5) / _NORMAL_POINTS) for index in range(_NORMAL_POINTS // 2)]
    return np.array(half + [-value for value in reversed(half)])


def normal_table(size: int = TABLE_SIZE) -> Floats:
    """`size` equally likely standard normal values, ascending."""
    grid = (np.arange(_NORMAL_POINTS) + 0.5) / _NORMAL_POINTS
    return np.interp((np.arange(size) + 0.5) / size, grid, normal_quantiles())


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Quantiles of every task's distribution at scale 1.

    `drawn` has shape [tasks * TABLE_SIZE], to index with task * TABLE_SIZE + a 16-bit draw;
    `ordered` and `running_sum` ([tasks, TABLE_SIZE] and one longer) give means.
    """

    drawn: NDArray[np.float32]
    ordered: Floats
    running_sum: Floats

    def mean(self, task: Ints, scale: Floats, cap: Floats) -> Floats:
        """Mean of min(cap, scale x draw) for each application, all of shape [n]."""
        means = np.empty(len(task))
        for index in np.unique(task):
            chosen = task == index
            limit = cap[chosen] / scale[chosen]
            below = np.searchsorted(self.ordered[index], limit)
            total = self.running_sum[index][below] + limit * (TABLE_SIZE - below)
            means[chosen] = scale[chosen] * total / TABLE_SIZE
        return means


def _table(mixtures: list[tuple[Lognormal | Spike, ...]]) -> TokenTable:
    rows = np.stack([_quantiles(parts) for parts in mixtures])
    ordered = np.sort(rows, axis=1)
    running = np.zeros((len(rows), TABLE_SIZE + 1))
    np.cumsum(ordered, axis=1, out=running[:, 1:])
    return TokenTable(rows.astype(np.float32).ravel(), ordered, running)


def _quantiles(parts: tuple[Lognormal | Spike, ...]) -> Floats:
    edges = np.cumsum([part.weight for part in parts]) / sum(part.weight for part in parts)
    sizes = np.diff(np.round(edges * TABLE_SIZE).astype(int), prepend=0)
    return np.concatenate(
        [
            np.full(size, part.tokens)
            if isinstance(part, Spike)
            else part.median * np.exp(part.sigma * normal_table(size))
            for part, size in zip(parts, sizes.tolist(), strict=True)
        ]
    )


@cache
def input_table() -> TokenTable:
    """Prompt tokens, cached ones included."""
    return _table([task.input_parts for task in TASKS])


@cache
def output_table() -> TokenTable:
    """Answer tokens."""
    return _table([task.output_parts for task in TASKS])
