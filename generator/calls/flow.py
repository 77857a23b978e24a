"""What a day is expected to bring: segments, their calls, and from which segment of the plan each comes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.company.segments import Segments, concatenate

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flow:
    """Expected traffic in columns of shape [rows].

    `row` is the position of the segment asked about that a row belongs to: a segment whose calls go
    to two models on one day has two rows.
    """

    segments: Segments
    calls: Floats
    row: Ints

    def times(self, factor: Floats) -> "Flow":
        """The same flow with `factor` ([rows]) times the calls."""
        return replace(self, calls=self.calls * factor)

    def with_prompts(self, factor: Floats) -> "Flow":
        """The same flow with prompts `factor` ([rows]) times as long."""
        longer = replace(self.segments, input_scale=self.segments.input_scale * factor)
        return replace(self, segments=longer)

    def moved(self, share: Floats, model: int) -> "Flow":
        """The same flow after `share` ([rows]) of the calls have gone to another model."""
        at = np.flatnonzero(share > 0)
        if not len(at):
            return self
        there = replace(self.segments.take(at), model=np.full(len(at), model))
        return Flow(
            concatenate([self.segments, there]),
            np.concatenate([self.calls * (1.0 - share), (self.calls * share)[at]]),
            np.concatenate([self.row, self.row[at]]),
        )

    def cost_nano(self, prices_nano: Ints, rows: int) -> Floats:
        """Expected cost of each of the `rows` segments asked about, in nano-dollars."""
        cost = self.calls * self.segments.cost_nano_per_call(prices_nano)
        return np.bincount(self.row, weights=cost, minlength=rows).astype(np.float64)


def flow_of(segments: Segments, calls: Floats) -> Flow:
    """The flow of `segments` as they are."""
    return Flow(segments, calls, np.arange(len(segments)))
