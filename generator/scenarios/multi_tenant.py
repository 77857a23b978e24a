"""Tenants of very different size: some organisations call three to ten times as much as the rest."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from generator.calls.flow import Flow
from generator.company.population import Population, organization_ids
from generator.company.segments import Segments
from generator.scenarios.protocol import Course, Floats, Ints, Planted, Scenario, Setting, of_customer

_LARGE_SHARE: Final = 0.12
_FACTORS: Final = (3.0, 10.0)


class MultiTenant(Scenario):
    """A tenth of the organisations, and at least one, is large throughout."""

    def courses(self, people: Population, segments: Segments, setting: Setting) -> tuple[Course, ...]:  # noqa: ARG002
        """One course with a row of truth per large organisation."""
        rng = setting.draw()
        count = int(people.organization.max()) + 1
        chosen = np.sort(rng.permutation(count)[: max(1, round(_LARGE_SHARE * count))])
        factors = np.round(rng.uniform(*_FACTORS, len(chosen)), 2)
        of_organization = np.full(count, -1)
        of_organization[chosen] = np.arange(len(chosen))
        ids = organization_ids(count)
        names = tuple(ids[index] for index in chosen.tolist())
        return (_Tenants(names, factors, of_organization[people.organization], setting.first, setting.last),)


@dataclass(frozen=True, slots=True)
class _Tenants(Course):
    """`place` ([customers]) is the position of a customer's organisation among the large ones, or -1."""

    names: tuple[str, ...]
    factors: Floats
    place: Ints
    first: date
    last: date

    @property
    def planted(self) -> tuple[Planted, ...]:
        return tuple(
            Planted(
                *("multi_tenant", "large_tenant", "organization", name, self.first, self.last),
                *(factor, "Calls of the organisation's customers over those of a tenant like the rest"),
            )
            for name, factor in zip(self.names, self.factors.tolist(), strict=True)
        )

    def on(self, day: date, flow: Flow) -> Flow:
        place = self.subject(day, flow.segments)
        return flow.times(np.where(place >= 0, self.factors[place], 1.0))

    def subject(self, day: date, segments: Segments) -> Ints:  # noqa: ARG002
        return of_customer(self.place, segments.customer, -1).astype(np.int64)
