"""Use of GPUs and activity of tenants: what the lines of real reports amount to."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dbt_project.landing.sources.gpu_usage import GPU_USAGE, shape_gpu_usage
from dbt_project.landing.sources.tenant_activity import TENANT_ACTIVITY
from tests.landing.landed_bills import landed, landed_real
from tests.real_files import real_file


def gpu_hours(row: dict[str, Any]) -> Decimal:
    return Decimal(row["uptime_seconds"]) / 3600 * Decimal(row["gpus"]) * Decimal(row["gpu_fraction"])


def test_slices_of_a_card_are_their_part_of_it(tmp_path: Path) -> None:
    expected = json.loads(real_file("billing/expected.json").read_text())["openshift_gpu_usage"]["by_pod"]
    rows = landed_real(GPU_USAGE, tmp_path, "billing/openshift_gpu_usage.csv")
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in rows:
        total = found[f"{row['namespace']}/{row['pod']}"]
        device = Decimal(row["uptime_seconds"]) / 3600
        for place, value in enumerate((Decimal(1), device, gpu_hours(row))):
            total[place] += value
    assert {
        pod: (int(rows), round(float(device), 6), round(float(hours), 6))
        for pod, (rows, device, hours) in found.items()
    } == {pod: (told["rows"], told["device_hours"], told["gpu_hours"]) for pod, told in expected.items()}


def test_pods_of_a_real_cluster_hold_their_thousandths_of_cards() -> None:
    expected = json.loads(real_file("gpu/openb_odd.expected.json").read_text())
    by_class: dict[str, Decimal] = defaultdict(Decimal)
    never_started = 0
    with real_file("gpu/openb_pods_odd.csv").open(newline="") as lines:
        for line in csv.DictReader(lines):
            row, _ = shape_gpu_usage(
                {name.replace("num_gpu", "gpus"): value or None for name, value in line.items()}
            )
            cards = Decimal(str(row["gpus"])) * Decimal(str(row["gpu_fraction"]))
            if not cards:
                continue
            if not line["scheduled_time"]:
                never_started += 1
                continue
            seconds = Decimal(line["deletion_time"]) - Decimal(line["scheduled_time"])
            by_class[line["qos"]] += cards * seconds / 3600
    assert never_started == expected["gpu_pods_never_scheduled"]
    assert {name: round(float(hours), 6) for name, hours in by_class.items()} == expected["gpu_hours"]
    assert round(float(sum(by_class.values())), 6) == expected["gpu_hours_total"]


@pytest.mark.parametrize(
    ("profile", "milli", "fraction"),
    [
        ("3g.20gb", "", Decimal(3) / 7),
        ("MIG-1g.5gb+me", "", Decimal(1) / 7),
        ("", "500", Decimal("0.5")),
        ("", "", Decimal(1)),
        ("half", "", "half"),
    ],
)
def test_a_fraction_is_told_by_profile_or_thousandths(profile: str, milli: str, fraction: object) -> None:
    row, _ = shape_gpu_usage({"mig_profile": profile or None, "gpu_milli": milli or None, "pod": "p"})
    value = row["gpu_fraction"]
    assert (value if isinstance(fraction, str) else Decimal(str(value))) == fraction


def test_activity_is_read_under_either_name(tmp_path: Path) -> None:
    text = "date,customer_id,activity,driver,quantity\n2026-10-01,c1,send,emails,12\n2026-10-13,c2,send,emails,1.5\n"
    first, second = landed(TENANT_ACTIVITY, tmp_path, ("a.csv", text))
    assert (first["tenant"], first["units"], second["day"]) == ("c1", "12", "2026-10-13 00:00:00")
