"""Agents that loop until somebody stops them, more of them than in ordinary traffic."""

from typing import Final

from generator.company.planting import RUNAWAY, Anomaly
from generator.company.population import HEAVY, POWER, Population
from generator.scenarios.protocol import Flags, Scenario, Setting
from generator.scenarios.strikes import strikes

_CUSTOMER_DAYS: Final = 3_500
# Nothing holds these to a customer's usual month, as it does in ordinary traffic.
_FACTORS: Final = (6.0, 15.0)


class RunawayAgent(Scenario):
    """One loop per so many customer-days, on customers large enough to run agents."""

    def strike(self, people: Population, setting: Setting, free: Flags) -> list[Anomaly]:
        """The loops, two to four days long."""
        return strikes(
            *("runaway_agent", RUNAWAY, people, setting, free),
            archetypes=(HEAVY, POWER),
            factors=_FACTORS,
            customer_days=_CUSTOMER_DAYS,
        )
