"""When calls happen: the week, the hours of the day by region, and slow drifts."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import TASKS

MICROSECONDS_PER_DAY: Final = 86_400_000_000
START_TABLE_SIZE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Region:
    """A cloud region, the hours its users are ahead of UTC, and its share of customers."""

    region: str
    utc_offset_hours: int
    weight: float


HOME_REGIONS: Final = (
    Region("us-east-1", -5, 0.55),
    Region("eu-west-1", 1, 0.30),
    Region("ap-southeast-1", 8, 0.15),
)
# Where customers sit once business is done around the clock; weights are those of REGIONS together.
_FURTHER_REGIONS: Final = (
    Region("us-west-2", -8, 0.22),
    Region("sa-east-1", -3, 0.10),
    Region("eu-central-1", 1, 0.20),
    Region("me-south-1", 3, 0.10),
    Region("ap-south-1", 5, 0.18),
    Region("ap-northeast-1", 9, 0.18),
    Region("ap-southeast-2", 10, 0.12),
)
REGIONS: Final = (*HOME_REGIONS, *_FURTHER_REGIONS)

# Relative traffic per local hour, midnight first. Busiest over quietest hour: code about 10,
# chat about 2.5, batch about 1.8 with its nightly jobs.
HOUR_SHAPES: Final[dict[str, tuple[float, ...]]] = {
    "chat": (
        *(0.60, 0.54, 0.49, 0.47, 0.47, 0.50, 0.58, 0.70, 0.85, 0.97, 1.03, 1.04),
        *(0.98, 1.00, 1.04, 1.04, 1.02, 0.98, 0.95, 0.97, 1.00, 0.95, 0.84, 0.70),
    ),
    "code": (
        *(0.16, 0.13, 0.11, 0.105, 0.11, 0.12, 0.17, 0.32, 0.68, 0.95, 1.03, 1.00),
        *(0.78, 0.88, 1.02, 1.04, 1.00, 0.86, 0.58, 0.42, 0.36, 0.33, 0.28, 0.22),
    ),
    "batch": (
        *(0.90, 1.00, 1.06, 1.00, 0.86, 0.72, 0.64, 0.62, 0.68, 0.80, 0.90, 0.95),
        *(0.92, 0.92, 0.95, 0.96, 0.92, 0.85, 0.76, 0.70, 0.66, 0.66, 0.70, 0.80),
    ),
}
SHAPE_INDEX: Final = {name: index for index, name in enumerate(HOUR_SHAPES)}

_WORKDAYS: Final = (0.98, 1.03, 1.04, 1.02, 0.93)
_WEEKEND: Final = (0.96, 1.04)


@cache
def weekly_factors() -> NDArray[np.float64]:
    """Traffic of a weekday over the mean day, shape [tasks, 7], Monday first; rows average 1."""
    rows: NDArray[np.float64] = np.array(
        [[*_WORKDAYS, *(task.weekend_share * day for day in _WEEKEND)] for task in TASKS]
    )
    means: NDArray[np.float64] = rows.mean(axis=1, keepdims=True)
    return rows / means


@cache
def start_times() -> NDArray[np.int64]:
    """Equally likely starts in microseconds after UTC midnight.

    Shape [shapes * regions * START_TABLE_SIZE]; index with
    (shape * len(REGIONS) + region) * START_TABLE_SIZE + a 16-bit draw.
    """
    rows = []
    wanted = (np.arange(START_TABLE_SIZE) + 0.5) / START_TABLE_SIZE
    for shape in HOUR_SHAPES.values():
        for region in REGIONS:
            weights = np.roll(np.array(shape), -region.utc_offset_hours)
            reached = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
            rows.append(np.interp(wanted, reached, np.arange(25) / 24) * MICROSECONDS_PER_DAY)
    return np.concatenate(rows).astype(np.int64)


def drift(
    day: date,
    amplitude: NDArray[np.float64],
    period_days: NDArray[np.float64],
    phase: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Slow swing of each customer's traffic around 1 on `day`."""
    turns = day.toordinal() / period_days + phase
    return 1.0 + amplitude * np.sin(2.0 * np.pi * turns)
