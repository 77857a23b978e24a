"""Agents that loop until somebody stops them, more of them than in ordinary traffic."""

from functools import partial
from itertools import cycle
from typing import Final

from generator.planting import HEAVY, POWER, RUNAWAY, Anomaly, surge
from generator.population import Population
from generator.scenarios.protocol import Flags, Scenario, Setting

_CUSTOMER_DAYS: Final = 3_500
# Nothing holds these to a customer's usual month, as it does in ordinary traffic.
_FACTORS: Final = (6.0, 15.0)


class RunawayAgent(Scenario):
    """One loop per so many customer-days, on customers large enough to run agents."""

    def strike(self, people: Population, setting: Setting, free: Flags) -> list[Anomaly]:
        """The loops, two to four days long."""
        one = partial(
            surge,
            RUNAWAY,
            population=people,
            first=setting.first,
            last=setting.last,
            free=free,
            rng=setting.draw(),
            factors=dict.fromkeys((POWER, HEAVY), _FACTORS),
            scenario="runaway_agent",
        )
        kinds = cycle((HEAVY, POWER))
        sized = int((free & (people.archetype != 0)).sum())
        count = max(1, round(len(people) * setting.days / _CUSTOMER_DAYS))
        return [found for _ in range(min(count, sized)) for found in one(next(kinds))]
