"""What could be had for less, held against what the generator planted: found, missed, and wrongly advised."""

from __future__ import annotations

import sys

import pyarrow.parquet as pq
import pytest

from tests.spend.conftest import Spending

# Share of the accepted that is right, and of what was planted that is found, at least.
FLOORS = {
    "idle_machine": (1.0, 0.95),
    "right_size": (1.0, 0.95),
    "off_hours": (1.0, 0.75),
    "spot": (1.0, 0.95),
    "unattached_volume": (1.0, 1.0),
    "stopped_volume": (1.0, 0.95),
    "storage_tier": (1.0, 0.95),
}


@pytest.fixture(scope="module")
def planted(spending: Spending) -> dict[str, tuple[set[str], set[str]]]:
    """The resources that each kind of action is right for, and those of them that it must not miss."""
    truth = pq.read_table(spending.workspace.raw / "truth" / "cloud_resources.parquet").to_pylist()
    machines = [row for row in truth if row["resource_type"] == "EC2 instance" and row["is_steady"]]
    # A smaller burstable type carries only a part of what these do all day.
    burstable = {
        resource
        for (resource,) in spending.query(
            "select resource_id from core.dim_resources where instance_type like 't3.%'"
        )
    }
    # Worth moving are objects that are large enough for the class, and so few that the move comes back.
    worth_moving = {
        resource
        for resource, size_gb, objects in spending.query(
            "select resource_id, size_gb::double, object_count from core.dim_resources"
            " where storage_class = 'STANDARD'"
        )
        if size_gb * 1_000_000 >= 128 * objects and objects / 100_000 <= 6 * size_gb * 0.0105
    }
    right = {
        "idle_machine": {row["resource_id"] for row in machines if row["workload"] == "idle"},
        "right_size": {row["resource_id"] for row in machines if row["workload"] in ("idle", "oversized")},
        "off_hours": {row["resource_id"] for row in machines if row["environment"] in ("dev", "staging")},
        "spot": {row["resource_id"] for row in machines if row["workload"] == "batch"},
        "unattached_volume": {row["resource_id"] for row in truth if row["state"] == "unattached"},
        "stopped_volume": {
            row["resource_id"]
            for row in truth
            if row["resource_type"] == "EBS volume" and row["state"] == "stopped"
        },
        "storage_tier": {row["resource_id"] for row in truth if row["reads"] in ("rare", "never")},
    }
    needed = {kind: set(resources) for kind, resources in right.items()}
    needed["right_size"] -= burstable
    needed["storage_tier"] &= worth_moving
    return {kind: (resources, needed[kind]) for kind, resources in right.items()}


def test_advice_is_right_and_finds_what_was_planted(
    spending: Spending, planted: dict[str, tuple[set[str], set[str]]], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is right but not worth its work, or cannot be cheaper, was found: it is no miss."""
    lines = ["Action             planted  accepted  right  not worth it  missed  precision  recall"]
    measured: dict[str, tuple[float, float]] = {}
    for kind, (resources, needed) in planted.items():
        rows = spending.query(
            "select resource_id, verdict, gross_monthly_savings_usd > 0 from rates.rpt_usage_optimizations"
            " where action_kind = ?",
            [kind],
        )
        accepted = {resource for resource, verdict, _ in rows if verdict == "accepted"}
        seen = {resource for resource, verdict, saves in rows if verdict == "rejected" and saves} & needed
        right = accepted & resources
        missed = needed - accepted - seen
        measured[kind] = (len(right) / max(len(accepted), 1), 1 - len(missed) / max(len(needed), 1))
        lines.append(
            f"{kind:18} {len(needed):7} {len(accepted):9} {len(right):6} {len(seen):13} {len(missed):7}"
            f" {measured[kind][0]:10.3f} {measured[kind][1]:7.3f}"
        )
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    for kind, (precision, recall) in FLOORS.items():
        assert measured[kind][0] >= precision and measured[kind][1] >= recall, kind


def test_nothing_is_advised_on_what_is_gone_stopped_or_not_measured(spending: Spending) -> None:
    assert spending.query(
        "select count(*) from rates.rpt_usage_optimizations where verdict = 'accepted' and ("
        "state = 'terminated' or (state = 'stopped' and action_kind <> 'stopped_volume')"
        " or (action_kind in ('idle_machine', 'right_size') and resource_id not in"
        " (select resource_id from intermediate.int_resources_measured where measured_days >= 14)))"
    ) == [(0,)]


def test_commitments_are_advised_on_machines_that_run_all_day_and_on_no_others(
    spending: Spending, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is stopped, idle, on for a part of the day, fit for spare capacity or covered has no part in a level."""
    truth = pq.read_table(spending.workspace.raw / "truth" / "cloud_resources.parquet").to_pylist()
    steady = {
        row["resource_id"]
        for row in truth
        if row["is_steady"] and row["workload"] in ("busy", "oversized") and not row["commitment_id"]
    }
    assert len(steady) == 48
    monthly: dict[tuple[str, str], list[float]] = {}
    for resource, family, region, usd in spending.query(
        "select resource_id, family, region_id, sum(list_cost_usd)::double"
        " from intermediate.int_commitment_lines inner join intermediate.int_as_of_date on"
        " charge_period_start_at::date between window_start_date and as_of_date"
        " where provider_name = 'AWS' and not is_covered group by all"
    ):
        if resource in steady:
            monthly.setdefault((family, region), []).append(usd)
    advised = spending.query(
        "select usage_group, coverage_share * on_demand_cost_usd::double / lookback_hours * 720"
        " from rates.rpt_commitment_recommendations where provider = 'AWS' and is_recommended and committed_units > 0"
    )
    machines = 0
    for group, covered_usd in advised:
        family, region = group.split(" / ")[2:4]
        behind = monthly.get((family, region), [])
        assert covered_usd <= sum(behind) * 1.0001, (group, covered_usd, behind)
        machines += len(behind)
    with capsys.disabled():
        sys.stdout.write(
            f"\nsteady machines: {len(steady)} planted, {machines} behind {len(advised)} advised commitments\n"
        )
    assert machines >= 20
