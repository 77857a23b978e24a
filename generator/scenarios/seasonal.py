"""Business cycles: the push towards a quarter's end, the turn of the month, the middle of the week."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.population import Population
from generator.company.segments import Segments
from generator.scenarios.protocol import Course, Ints, Planted, Scenario, Setting

# Rises with the square of the time gone in the quarter; the mean over a quarter is 1.
_QUARTER_RISE: Final = 0.24
# First and last days of a month against the days between, which make up for them.
_MONTH_START: Final = 1.08
_MONTH_END: Final = 1.18
_TURN_DAYS: Final = 3
_MONTH_MIDDLE: Final = 0.967
_WEEK: Final = (1.02, 1.07, 1.05, 1.0, 0.86, 1.0, 1.0)
_CYCLES: Final = {"quarter": 1 + _QUARTER_RISE * 2 / 3, "month": _MONTH_END, "week": max(_WEEK)}


class Seasonal(Scenario):
    """All customers' traffic follows the quarter, the month and the week."""

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """One course per cycle."""
        return tuple(_Cycle(kind, setting.first, setting.last) for kind in _CYCLES)


@dataclass(frozen=True, slots=True)
class _Cycle(Course):
    kind: str
    first: date
    last: date

    @property
    def planted(self) -> tuple[Planted, ...]:
        text = f"All traffic over its mean at the height of the {self.kind}"
        factor = round(_CYCLES[self.kind], 4)
        return (Planted("seasonal", f"{self.kind}_cycle", "all", "all", self.first, self.last, factor, text),)

    def on(self, day: date, flow: Flow) -> Flow:
        return flow.times(np.full(len(flow.calls), _factor(self.kind, day)))

    def subject(self, day: date, segments: Segments) -> Ints:  # noqa: ARG002
        return np.zeros(len(segments), dtype=np.int64)


def _factor(kind: str, day: date) -> float:
    """Traffic of `day` over the mean of its cycle."""
    if kind == "week":
        return _WEEK[day.weekday()]
    if kind == "month":
        if day.day <= _TURN_DAYS:
            return _MONTH_START
        is_end = day.day > monthrange(day.year, day.month)[1] - _TURN_DAYS
        return _MONTH_END if is_end else _MONTH_MIDDLE
    start = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    end = date(day.year + (start.month == 10), (start.month + 2) % 12 + 1, 1)
    gone = (day - start).days / ((end - start).days - 1)
    return 1.0 + _QUARTER_RISE * (gone * gone - 1 / 3)
