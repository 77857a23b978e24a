"""Plans with scenarios, and what is drawn from them."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.calls.traffic import Calls, draw_calls
from generator.company.segments import Segments
from generator.plan import Options, Plan, make_plan

LAST = date(2026, 10, 31)


@cache
def plan_of(*scenarios: str, last: date = LAST, days: int = 60) -> Plan:
    return make_plan(Options(160, days, last, 5, scenarios))


def drawn(plan: Plan, day: date) -> list[Calls]:
    return [draw_calls(plan, day, block) for block in plan.blocks]


def count(plan: Plan, days: list[date], chosen: Callable[[Segments], NDArray[np.bool_]]) -> float:
    """Calls on `days` in the segments that `chosen` (segments -> mask) picks."""
    return float(
        sum(
            calls.rows_per_segment[chosen(calls.segments)].sum() for day in days for calls in drawn(plan, day)
        )
    )


def around(day: date, length: int) -> list[date]:
    return [day + timedelta(days=offset) for offset in range(length)]
