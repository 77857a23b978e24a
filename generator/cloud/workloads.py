"""What the machines do and how buckets are read: waste that is planted, and known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from generator.cloud.estate import ACCOUNTS, REGIONS, Bucket, Machine

# Daily measurements before the last day, as a monitoring tool exports them.
MEASURED_DAYS: Final = 30
# Of the machines that run all day: so many do nothing, are too large, or work off queues that can wait.
_KINDS: Final = (("idle", 8), ("oversized", 18), ("batch", 8))
# How often buckets are read.
_READS: Final = (("hot", 0.45), ("rare", 0.3), ("never", 0.25))
_ORPHANS: Final = 6


@dataclass(frozen=True, slots=True)
class Workload:
    """What a machine does: mean and peak of its use of CPU and memory, in per cent."""

    kind: str
    cpu: float
    cpu_peak: float
    memory: float
    memory_peak: float


@dataclass(frozen=True, slots=True)
class Orphan:
    """A volume that was left behind when its machine was ended."""

    resource_id: str
    account: str
    region: str
    volume_gb: int


def draw_workloads(machines: Sequence[Machine], random: np.random.Generator) -> dict[str, Workload]:
    """The workload of each machine; waste is planted in those that run all day."""
    steady = [machine.resource_id for machine in machines if is_steady(machine)]
    kinds = [kind for kind, count in _KINDS for _ in range(count)]
    kinds += ["busy"] * (len(steady) - len(kinds))
    planted = {
        steady[place]: kind for place, kind in zip(random.permutation(len(steady)), kinds, strict=True)
    }
    return {
        machine.resource_id: _workload(planted.get(machine.resource_id, "busy"), random)
        for machine in machines
    }


def is_steady(machine: Machine) -> bool:
    """Whether it runs all day on all days."""
    return machine.state == "running" and machine.works_weekends


def _workload(kind: str, random: np.random.Generator) -> Workload:
    low, high = {"idle": (0.3, 1.2), "oversized": (5.0, 12.0)}.get(kind, (35.0, 60.0))
    cpu = float(random.uniform(low, high))
    low, high = {"idle": (4.0, 12.0), "oversized": (12.0, 26.0)}.get(kind, (55.0, 75.0))
    memory = float(random.uniform(low, high))
    above = {"idle": 1.0, "oversized": float(random.uniform(8, 18))}.get(kind, float(random.uniform(20, 38)))
    return Workload(kind, cpu, cpu + above, memory, memory + above / 2)


def measured(work: Workload, random: np.random.Generator) -> dict[str, object]:
    """A day of a machine; its peak is reached on some days alone."""
    part = float(random.uniform(0.7, 1.0))
    traffic = 900 if work.kind == "idle" else int(random.integers(60_000, 4_000_000))
    return {
        "CPUUtilization": round(work.cpu * float(random.uniform(0.85, 1.1)), 1),
        "CPUUtilizationMax": min(round(work.cpu * 1.1 + (work.cpu_peak - work.cpu) * part, 1), 100.0),
        "MemoryUtilization": round(work.memory * float(random.uniform(0.95, 1.03)), 1),
        "MemoryUtilizationMax": round(work.memory * 1.03 + (work.memory_peak - work.memory) * part, 1),
        "NetworkIn_Bps": traffic,
        "NetworkOut_Bps": int(traffic * 0.6),
    }


def measurements(
    machines: Sequence[Machine], workloads: Mapping[str, Workload], last: date, random: np.random.Generator
) -> Iterator[dict[str, object]]:
    """A row per machine that runs and day before the last: mean and highest use, and traffic."""
    for machine in machines:
        if machine.state != "running":
            continue
        for back in range(MEASURED_DAYS, 0, -1):
            day = last - timedelta(days=back)
            if machine.works_weekends or day.weekday() < 5:
                yield {
                    "ResourceId": machine.resource_id,
                    "ResourceType": "EC2 instance",
                    "AccountId": machine.account,
                    "Region": machine.region,
                    "SnapshotDate": day,
                    "Tags": None,
                    "CreationDate": machine.created,
                    "InstanceType": machine.instance_type,
                    "State": machine.state,
                    **measured(workloads[machine.resource_id], random),
                }


def draw_reads(buckets: Sequence[Bucket], random: np.random.Generator) -> dict[str, str]:
    """How often what is in a bucket is read: hot, rare or never."""
    drawn = random.choice([name for name, _ in _READS], len(buckets), p=[share for _, share in _READS])
    return {bucket.name: str(reads) for bucket, reads in zip(buckets, drawn, strict=True)}


def draw_orphans(random: np.random.Generator) -> list[Orphan]:
    """Volumes that hang on no machine."""
    return [
        Orphan(
            f"vol-{int(random.integers(16**8, 16**9)):017x}",
            str(random.choice(ACCOUNTS)),
            str(random.choice(REGIONS)),
            int(random.choice((100, 200, 500))),
        )
        for _ in range(_ORPHANS)
    ]
