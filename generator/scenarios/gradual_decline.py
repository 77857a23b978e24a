"""Customers who fade: less every week, and gone in the end."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import log
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.population import Population, customer_ids
from generator.company.segments import Segments
from generator.scenarios.protocol import (
    Course,
    Flags,
    Ints,
    Planted,
    Scenario,
    Setting,
    of_customer,
)

_SHARE: Final = 0.06
_EARLIEST, _LATEST = 0.20, 0.50
_LENGTHS: Final = (30, 55)
_LAST_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class _Fading:
    """Who fades, and when: customers' positions, ordinals of the first day and of the leaving."""

    customer: Ints
    start: Ints
    gone: Ints


class GradualDecline(Scenario):
    """Some customers of long standing decline to a seventh of their use and then leave."""

    def settle(self, people: Population, setting: Setting) -> Population:
        """Who fades leaves at the end of it, and not before."""
        fading = _fading(people, setting)
        churned = people.churned.copy()
        churned[fading.customer] = np.where(fading.gone <= setting.last.toordinal(), fading.gone, 0)
        return replace(people, churned=churned)

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """One course, with a row of truth per customer."""
        fading = _fading(people, setting)
        if not len(fading.customer):
            return ()
        place = np.full(len(people), -1)
        place[fading.customer] = np.arange(len(fading.customer))
        ids = customer_ids(len(people))
        names = tuple(ids[index] for index in fading.customer.tolist())
        return (_Decline(names, place, fading.start, fading.gone, setting.last),)


def _fading(people: Population, setting: Setting) -> _Fading:
    """Draws the same customers before and after they were settled: it asks only for their beginning."""
    rng = setting.draw()
    order = rng.permutation(len(people))
    known: Flags = people.signup[order] <= setting.first.toordinal()
    chosen = np.sort(order[known][: max(1, round(_SHARE * len(people)))])
    when = rng.uniform(_EARLIEST, _LATEST, len(chosen)).tolist()
    start = np.array([setting.day_at(share).toordinal() for share in when], dtype=np.int64)
    return _Fading(chosen, start, start + rng.integers(*_LENGTHS, len(chosen)))


@dataclass(frozen=True, slots=True)
class _Decline(Course):
    """`place` ([customers]) is a customer's position among those that fade, or -1."""

    names: tuple[str, ...]
    place: Ints
    start: Ints
    gone: Ints
    last: date

    @property
    def planted(self) -> tuple[Planted, ...]:
        rows = zip(self.names, self.start.tolist(), self.gone.tolist(), strict=True)
        return tuple(
            Planted(
                *("gradual_decline", "gradual_decline", "customer", name),
                *(date.fromordinal(start), min(self.last, date.fromordinal(gone) - timedelta(days=1))),
                *(_LAST_SHARE, f"Calls on leaving ({date.fromordinal(gone)}) over those before"),
            )
            for name, start, gone in rows
        )

    def on(self, day: date, flow: Flow) -> Flow:
        place = of_customer(self.place, flow.segments.customer, -1).astype(np.int64)
        since = np.maximum(day.toordinal() + 1 - self.start, 0) / (self.gone - self.start)
        left = np.exp(log(_LAST_SHARE) * np.minimum(since, 1.0))
        return flow.times(np.where(place >= 0, left[place], 1.0))

    def subject(self, day: date, segments: Segments) -> Ints:
        place = of_customer(self.place, segments.customer, -1).astype(np.int64)
        return np.where((place >= 0) & (self.start[place] <= day.toordinal()), place, -1)
