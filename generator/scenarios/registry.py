"""What moves the traffic, by name. Scenarios combine in any order: the order given changes nothing."""

from collections.abc import Iterable
from typing import Final

from generator.errors import UsageError
from generator.scenarios.base import Base
from generator.scenarios.burst import Burst
from generator.scenarios.cost_optimization import CostOptimization
from generator.scenarios.feature_launch import FeatureLaunch
from generator.scenarios.free_tier import FreeTier
from generator.scenarios.gradual_decline import GradualDecline
from generator.scenarios.model_migration import ModelMigration
from generator.scenarios.multi_tenant import MultiTenant
from generator.scenarios.protocol import Scenario
from generator.scenarios.runaway_agent import RunawayAgent
from generator.scenarios.seasonal import Seasonal
from generator.scenarios.time_zones import TimeZones
from generator.scenarios.weekend_holiday import WeekendHoliday

SCENARIOS: Final[dict[str, Scenario]] = {
    "base": Base(),
    "seasonal": Seasonal(),
    "burst": Burst(),
    "multi_tenant": MultiTenant(),
    "model_migration": ModelMigration(),
    "weekend_holiday": WeekendHoliday(),
    "time_zones": TimeZones(),
    "feature_launch": FeatureLaunch(),
    "cost_optimization": CostOptimization(),
    "gradual_decline": GradualDecline(),
    "runaway_agent": RunawayAgent(),
    "free_tier": FreeTier(),
}
NAMES: Final = tuple(SCENARIOS)
MIXED: Final = "mixed"
CHOICES: Final = (*NAMES, MIXED)


def resolve(names: Iterable[str]) -> tuple[str, ...]:
    """The scenarios that `names` ask for, each once and in the order of NAMES; `mixed` is all.

    Raises UsageError for a name that is none.
    """
    asked = set(names)
    unknown = sorted(asked - set(CHOICES))
    if unknown:
        raise UsageError(f"--scenario {unknown[0]}: choose from {', '.join(CHOICES)}")
    return tuple(name for name in NAMES if name in asked or MIXED in asked)
