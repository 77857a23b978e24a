"""What the scenarios plant, all of them at once, and what of it the warehouse shows; it never sees the truth.

Small data: the scores at full size come from `python -m tests.bench.detector_scores`.
"""

from __future__ import annotations

import math

import pytest

from tests.bench.detector_scores import EVERY_DAY_AND_LAUNCHES, Judged, judge
from tests.workspace import Workspace


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    workspace = Workspace(tmp_path_factory.mktemp("mixed"), tmp_path_factory.mktemp("target"))
    return judge(workspace, 60, 60, "--scenario", "mixed")


def test_every_call_of_every_provider_is_priced_as_it_was_billed(judged: Judged) -> None:
    assert judged.unpriced() == (0, 0)
    assert judged.rows("select affected_calls from core.rpt_data_quality where check_name = 'unpriced'") == [
        (0,)
    ]
    ((providers, models),) = judged.rows(
        "select count(distinct provider), count(distinct model) from core.fct_usage_daily"
    )
    assert providers == 7
    assert models >= 24


def test_bursts_and_loops_that_cost_something_are_found(judged: Judged) -> None:
    material = [
        score
        for score in judged.sudden()
        if "USD and more" in score.kind and score.kind.startswith(("burst", "runaway_agent of runaway_agent"))
    ]
    assert sum(score.planted for score in material) >= 3
    assert sum(score.hits for score in material) >= 0.6 * sum(score.planted for score in material), material


def test_days_are_rarely_flagged_for_nothing(judged: Judged) -> None:
    # So few planted days say little of precision; how often an ordinary day is taken for abnormal can be said.
    (every,) = [score for score in judged.sudden() if score.kind == EVERY_DAY_AND_LAUNCHES]
    ((customer_days,),) = judged.rows(
        "select count(distinct (customer_id, usage_date)) from core.fct_usage_daily"
    )
    assert every.found is not None
    assert every.found - every.hits <= 0.005 * customer_days, every


def test_gradual_effects_show_in_the_day_facts_as_planted(judged: Judged) -> None:
    seen = judged.gradual()
    assert {it.kind for it in seen} >= {
        "feature_launch",
        "cost_optimization",
        "model_migration",
        "multi_tenant",
    }
    for it in seen:
        if it.kind == "cost_optimization":
            assert it.seen == pytest.approx(it.planted, abs=0.25), it
        if it.kind == "multi_tenant":
            assert it.seen > 1.5, it
    # A feature may have next to no calls among sixty customers: the middle of the three has some.
    off = [abs(it.seen - it.planted) for it in seen if it.kind == "model_migration"]
    moved = sorted(math.inf if math.isnan(each) else each for each in off)
    assert moved[len(moved) // 2] < 0.15, moved
