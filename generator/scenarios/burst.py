"""Bursts that nobody foresees: a customer's whole traffic at five to twenty times its normal day."""

from functools import partial
from itertools import cycle
from typing import Final

from generator.planting import BURST, HEAVY, LIGHT, POWER, Anomaly, surge
from generator.population import Population
from generator.scenarios.protocol import Flags, Scenario, Setting

_CUSTOMER_DAYS: Final = 1_500
_FACTORS: Final = (5.0, 20.0)


class Burst(Scenario):
    """One burst per so many customer-days, on customers of all sizes in turn."""

    def strike(self, people: Population, setting: Setting, free: Flags) -> list[Anomaly]:
        """The bursts, one or two days long."""
        one = partial(
            surge,
            BURST,
            population=people,
            first=setting.first,
            last=setting.last,
            free=free,
            rng=setting.draw(),
            factors=dict.fromkeys((LIGHT, POWER, HEAVY), _FACTORS),
            scenario="burst",
        )
        kinds = cycle((LIGHT, POWER, HEAVY))
        count = max(1, round(len(people) * setting.days / _CUSTOMER_DAYS))
        return [found for _ in range(min(count, int(free.sum()))) for found in one(next(kinds))]
