"""Machines and buckets of the company, and the tags that people put on them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

REGIONS: Final = ("us-east-1", "us-west-2", "eu-west-1", "ap-south-1")
TYPES: Final = ("c5.xlarge", "t3.small", "t3.micro", "r5.large", "m5.large")
MACHINES: Final = 120
RUNNING: Final = 82
STOPPED: Final = 25
BUCKETS: Final = 80
# Of the machines that run, those that run by day and on weekdays alone.
PART_TIME: Final = 14
ACCOUNTS: Final = ("210000000001", "210000000002", "210000000003")
TEAMS: Final = {
    "platform-team": ("CC-500", ("gateway", "observability")),
    "data-team": ("CC-510", ("lake", "ingestion")),
    "research-team": ("CC-520", ("training", "evaluation")),
    "web-team": ("CC-530", ("site", "checkout")),
}
_OWNERS: Final = ("alice", "bob", "carol", "dave", "erin", "frank")
_ENVIRONMENTS: Final = ("prod", "staging", "dev")
KEYS: Final = ("Owner", "Environment", "Team", "CostCenter", "Project")
# What becomes of a tag; `right` is the rest.
_FATES: Final = (("missing", 0.10), ("blank", 0.05), ("wrong_case", 0.08), ("misspelt", 0.06))
_TEAM_FATES: Final = (("missing", 0.02), ("blank", 0.01), ("wrong_case", 0.10), ("misspelt", 0.02))
# Values of no list, for tags that have one.
_UNLISTED: Final = {"Environment": ("sandbox", 0.08), "CostCenter": ("shared", 0.08)}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it should be and as somebody wrote it; `written` is null where nobody did."""

    key: str
    right: str
    written_key: str
    written: str | None
    fate: str


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance; `hours` are the first and the last hour of its day, all of it for a steady one."""

    resource_id: str
    account: str
    region: str
    instance_type: str
    state: str
    hours: tuple[int, int]
    works_weekends: bool
    ended: date | None
    volume_gb: int
    created: date
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket and what is in it."""

    name: str
    account: str
    region: str
    storage_class: str
    objects: int
    size_gb: int
    is_versioned: bool
    created: date
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class GpuMachine:
    """A machine with GPUs and the hours of the day that it runs."""

    provider: str
    resource_id: str
    instance_type: str
    region: str
    gpu_model: str
    gpus: int
    hours: int
    team: str


def draw_tags(random: np.random.Generator, kinds: tuple[str, ...] = KEYS) -> tuple[Tag, ...]:
    """The tags of a resource, some of them as people get them wrong."""
    team = str(random.choice(list(TEAMS)))
    centre, projects = TEAMS[team]
    right = {
        "Owner": str(random.choice(_OWNERS)),
        "Environment": str(random.choice(_ENVIRONMENTS, p=(0.6, 0.15, 0.25))),
        "Team": team,
        "CostCenter": centre,
        "Project": str(random.choice(projects)),
    }
    return tuple(_written(key, right[key], random) for key in kinds)


def _written(key: str, right: str, random: np.random.Generator) -> Tag:
    draw = float(random.random())
    for fate, share in _TEAM_FATES if key == "Team" else _FATES:
        draw -= share
        if draw < 0:
            return _spoilt(key, right, fate, random)
    unlisted, share = _UNLISTED.get(key, ("", 0.0))
    if draw < share:
        return Tag(key, right, key, unlisted, "unknown")
    return Tag(key, right, key, right, "right")


def _spoilt(key: str, right: str, fate: str, random: np.random.Generator) -> Tag:
    if fate == "missing":
        return Tag(key, right, key, None, fate)
    if fate == "blank":
        return Tag(key, right, key, "", fate)
    if fate == "wrong_case":
        # Of the key or of the value.
        if random.random() < 0.5:
            return Tag(key, right, key.lower(), right, fate)
        return Tag(key, right, key, right.upper() if right.islower() else right.title(), fate)
    at = int(random.integers(1, len(right) - 1))
    swapped = right[:at] + right[at + 1] + right[at] + right[at + 2 :]
    return Tag(key, right, key, swapped if swapped != right else right[:at] + right[at + 1 :], fate)


def draw_machines(random: np.random.Generator, first: date, last: date) -> list[Machine]:
    """120 machines, of which 82 run, 25 stand still and 13 were ended within the period."""
    machines = []
    days = (last - first).days
    for number in range(MACHINES):
        is_running, is_stopped = number < RUNNING, RUNNING <= number < RUNNING + STOPPED
        is_part_time = number < PART_TIME
        ended = (
            None if is_running or is_stopped else first + timedelta(days=int(random.integers(1, days + 1)))
        )
        created = first - timedelta(days=int(random.integers(10, 700)))
        machines.append(
            Machine(
                resource_id=f"i-{int(random.integers(16**8, 16**9)):017x}",
                account=str(random.choice(ACCOUNTS)),
                region=str(random.choice(REGIONS, p=(0.27, 0.22, 0.23, 0.28))),
                instance_type=str(random.choice(TYPES, p=(0.24, 0.20, 0.19, 0.185, 0.185))),
                state="running" if is_running else "stopped" if is_stopped else "terminated",
                hours=(8, 18) if is_part_time else (0, 24),
                works_weekends=not is_part_time,
                ended=ended,
                volume_gb=int(random.choice((20, 50, 100, 200))),
                created=created,
                tags=draw_tags(random),
            )
        )
    return machines


def draw_buckets(random: np.random.Generator, first: date) -> list[Bucket]:
    """80 buckets."""
    return [
        Bucket(
            name=f"{random.choice(('logs', 'backups', 'assets', 'exports', 'models'))}-{number:03}",
            account=str(random.choice(ACCOUNTS)),
            region=str(random.choice(REGIONS)),
            storage_class=str(random.choice(("STANDARD", "STANDARD_IA"), p=(0.7, 0.3))),
            objects=int(random.integers(100, 2_000_000)),
            size_gb=int(random.lognormal(4.2, 1.3)) + 1,
            is_versioned=bool(random.random() < 0.4),
            created=first - timedelta(days=int(random.integers(10, 900))),
            tags=draw_tags(random),
        )
        for number in range(BUCKETS)
    ]
