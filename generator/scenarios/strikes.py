"""Sudden events: a few days of much more traffic, so many of them per customer and day."""

from collections.abc import Sequence
from itertools import cycle

import numpy as np

from generator.company.planting import Anomaly, surge
from generator.company.population import Population
from generator.scenarios.protocol import Flags, Setting


def strikes(
    scenario: str,
    kind: str,
    people: Population,
    setting: Setting,
    free: Flags,
    *,
    archetypes: Sequence[int],
    factors: tuple[float, float],
    customer_days: int,
) -> list[Anomaly]:
    """One event of `kind` per `customer_days`, and at least one, on customers of `archetypes` in turn.

    Each strikes one of the `free` ([customers]), who is then free no more; `factors` is the range of the
    cost of its days over normal ones.
    """
    rng = setting.draw()
    sized = int((free & np.isin(people.archetype, archetypes)).sum())
    count = min(sized, max(1, round(len(people) * setting.days / customer_days)))
    return [
        anomaly
        for archetype, _ in zip(cycle(archetypes), range(count), strict=False)
        for anomaly in surge(
            kind,
            archetype,
            population=people,
            first=setting.first,
            last=setting.last,
            free=free,
            rng=rng,
            factors=dict.fromkeys(archetypes, factors),
            scenario=scenario,
        )
    ]
