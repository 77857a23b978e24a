"""What could be had for less, held against what the generator planted: found, missed, and wrongly advised."""

from __future__ import annotations

import sys

import pyarrow.parquet as pq
import pytest

from tests.bench.rates_scores import backtest_table, scores, truth_table
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


def test_advice_is_right_and_finds_what_was_planted(
    spending: Spending, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is right but not worth its work, or cannot be cheaper, was found: it is no miss."""
    measured = {score.kind: score for score in scores(spending.workspace.raw, spending.query)}
    with capsys.disabled():
        sys.stdout.write(f"\n{truth_table(list(measured.values()))}\n")
    for kind, (precision, recall) in FLOORS.items():
        assert measured[kind].precision >= precision and measured[kind].recall >= recall, kind


def test_the_backtest_of_what_is_recommended_adds_up(spending: Spending) -> None:
    promised, realised = spending.query(
        "select sum(monthly_savings_usd), sum(backtested_monthly_savings_usd)"
        " from rates.rpt_commitment_recommendations where is_recommended"
    )[0]
    *_, last = backtest_table(spending.query).splitlines()
    assert last.split()[:4:3] == ["all", f"{realised:.2f}"]
    assert last.split()[1] == f"{promised:.2f}"


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
    becomes = {
        resource: (target.split(".")[0], share)
        for resource, target, share in spending.query(
            "select resource_id, target, cost_after_usd::double / (cost_after_usd + possible_monthly_savings_usd)::double"
            " from rates.rpt_usage_optimizations where verdict = 'accepted' and action_kind in ('right_size', 'cheaper_type', 'arm_type')"
            " and cost_after_usd > 0 order by applied_order"
        )
    }
    monthly: dict[tuple[str, str], list[float]] = {}
    for resource, billed_as, region, listed in spending.query(
        "select resource_id, family, region_id, sum(list_cost_usd)::double"
        " from intermediate.int_commitment_lines inner join intermediate.int_as_of_date on"
        " charge_period_start_at::date between window_start_date and as_of_date"
        " where provider_name = 'AWS' and not is_covered group by all"
    ):
        if resource in steady:
            family, share = becomes.get(resource, (billed_as, 1.0))
            monthly.setdefault((family, region), []).append(listed * share)
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
