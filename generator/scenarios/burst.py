"""Bursts that nobody foresees: a customer's whole traffic at five to twenty times its normal day."""

from typing import Final

from generator.company.planting import BURST, Anomaly
from generator.company.population import HEAVY, LIGHT, POWER, Population
from generator.scenarios.protocol import Flags, Scenario, Setting
from generator.scenarios.strikes import strikes

_CUSTOMER_DAYS: Final = 1_500
_FACTORS: Final = (5.0, 20.0)


class Burst(Scenario):
    """One burst per so many customer-days, on customers of all sizes in turn."""

    def strike(self, people: Population, setting: Setting, free: Flags) -> list[Anomaly]:
        """The bursts, one or two days long."""
        return strikes(
            *("burst", BURST, people, setting, free),
            archetypes=(LIGHT, POWER, HEAVY),
            factors=_FACTORS,
            customer_days=_CUSTOMER_DAYS,
        )
