"""Scenarios combine: in whatever order they are named, none looks at what another did."""

from datetime import timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest

from generator.errors import UsageError
from generator.plan import Plan, midnight
from generator.scenarios.registry import NAMES, resolve
from tests.generator.conftest import run_generator
from tests.generator.scenario_plans import LAST, plan_of
from tests.generator.test_command_line import digests


def test_names_are_resolved_once_each_in_one_order():
    assert resolve(["burst", "seasonal", "burst"]) == ("seasonal", "burst")
    assert resolve(["mixed", "base"]) == NAMES
    assert len(NAMES) == 12
    assert resolve([]) == ()
    with pytest.raises(UsageError, match="choose from base, seasonal"):
        resolve(["nonsense"])


def test_the_order_of_names_and_the_number_of_processes_change_no_byte(run):
    one = digests(run("--scenario", "seasonal", "--scenario", "gradual_decline", "--workers", "1"))
    assert one == digests(run("--scenario", "gradual_decline", "--scenario", "seasonal", "--workers", "2"))
    mixed = digests(run("--scenario", "mixed"))
    assert mixed == digests(run(*(word for name in reversed(NAMES) for word in ("--scenario", name))))
    assert mixed["calls/date=2026-10-31/part-0.parquet"] != one["calls/date=2026-10-31/part-0.parquet"]


def test_the_default_has_the_specifications_models_and_no_scenarios(run):
    out = run()
    models = pq.read_table(out / "calls").column("model").unique().to_pylist()
    assert set(models) <= {
        "gpt-4",
        "gpt-4-turbo",
        "claude-opus-4",
        "claude-sonnet-4",
        "claude-instant",
        "claude-v2",
    }
    assert not (out / "truth" / "scenario_effects.parquet").exists()
    assert plan_of().courses == ()


def test_a_default_run_takes_the_truth_of_an_earlier_run_away(tmp_path):
    options = ("--customers", "3", "--days", "2", "--out", str(tmp_path))
    assert run_generator(*options, "--scenario", "base").returncode == 0
    assert (tmp_path / "truth" / "scenario_effects.parquet").exists()
    assert run_generator(*options).returncode == 0
    assert not (tmp_path / "truth" / "scenario_effects.parquet").exists()


def test_what_a_scenario_plants_does_not_depend_on_the_others():
    mixed = [
        (anomaly.kind, anomaly.customer, anomaly.first, anomaly.factor)
        for anomaly in plan_of("burst", "runaway_agent", "seasonal").anomalies
    ]
    for name in ("burst", "runaway_agent"):
        alone = [it for it in plan_of(name).anomalies if it.scenario == name]
        assert alone
        assert {(it.kind, it.customer, it.first, it.factor) for it in alone} <= set(mixed)
    rows = {row for course in plan_of("mixed").courses for row in course.planted}
    for name in ("seasonal", "multi_tenant", "cost_optimization", "gradual_decline"):
        assert {row for course in plan_of(name).courses for row in course.planted} <= rows, name


def test_factors_multiply_in_any_order():
    plan = plan_of("mixed")
    day = LAST - timedelta(days=3)
    segments = plan.segments
    forward = plan.flow(day, segments).cost_nano(plan.prices.at(midnight(day)), len(segments))
    backward = Plan(
        **{name: getattr(plan, name) for name in Plan.__slots__} | {"courses": plan.courses[::-1]}
    )
    turned = backward.flow(day, segments).cost_nano(plan.prices.at(midnight(day)), len(segments))
    np.testing.assert_allclose(forward, turned, rtol=1e-12)


def test_nobody_is_struck_twice():
    struck = [anomaly.customer for anomaly in plan_of("mixed").anomalies]
    assert len(struck) == len(set(struck))
