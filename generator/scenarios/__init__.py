"""What moves the traffic, by name. Scenarios combine in any order: the order given changes nothing."""

from collections.abc import Iterable
from typing import Final

from generator.errors import UsageError

NAMES: Final = (
    "base",
    "seasonal",
    "burst",
    "multi_tenant",
    "model_migration",
    "weekend_holiday",
    "time_zones",
    "feature_launch",
    "cost_optimization",
    "gradual_decline",
    "runaway_agent",
)
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
