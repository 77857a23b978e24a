"""What each scenario does, seen in the calls."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from generator.company.catalogue import FEATURE_INDEX, MODELS, TASK_INDEX
from generator.landing.records import customers_table
from generator.patterns.seasonality import HOUR_SHAPES, REGIONS
from generator.plan import Plan, midnight
from tests.generator.scenario_plans import LAST, around, count, drawn, plan_of


def is_customer(plan: Plan):
    return lambda segments: segments.customer < len(plan.population)


def test_seasonal_the_end_of_a_quarter_against_its_second_month():
    end, middle = date(2026, 9, 30), date(2026, 8, 12)
    ratios = []
    for scenario in ("seasonal", "base"):
        plan = plan_of(scenario, last=end, days=60)
        ratios.append(count(plan, [end], is_customer(plan)) / count(plan, [middle], is_customer(plan)))
    # Both Wednesdays: 1 + 0.24 (1 - 1/3) = 1.16 at the end, 1 + 0.24 ((42/91)^2 - 1/3) = 0.971 then; the month's
    # end 1.18 against its middle 0.967.
    assert ratios[0] / ratios[1] == pytest.approx(1.16 / 0.971 * 1.18 / 0.967, rel=0.12)


def test_burst_is_five_to_twenty_times_the_normal_day():
    plan = plan_of("burst")
    bursts = [anomaly for anomaly in plan.anomalies if anomaly.kind == "burst"]
    assert len(bursts) == round(160 * 60 / 1500)
    for burst in bursts:
        assert 5 <= burst.factor <= 20
        normal = plan.flow(burst.first, plan.segments.of_customer(burst.customer)).calls.sum()
        seen = count(plan, [burst.first], lambda segments, who=burst.customer: segments.customer == who)
        assert seen / normal == pytest.approx(burst.factor, rel=0.5 if normal < 40 else 0.25)


def test_multi_tenant_large_organisations_call_three_to_ten_times_as_much():
    plan, usual = plan_of("multi_tenant"), plan_of("base")
    (course,) = plan.courses
    assert len(course.planted) == round(0.12 * (plan.population.organization.max() + 1))
    days = around(date(2026, 10, 5), 5)
    for place, row in enumerate(course.planted):
        assert 3 <= row.factor <= 10
        own = np.flatnonzero(course.place == place)

        def chosen(segments, own=own):
            return np.isin(segments.customer, own)

        before = count(usual, days, chosen)
        if before > 400:
            assert count(plan, days, chosen) / before == pytest.approx(row.factor, rel=0.3)


def test_model_migration_moves_the_share_it_says_to_another_provider():
    plan = plan_of("model_migration")
    assert len(plan.courses) == 3
    days = around(LAST - timedelta(days=6), 5)
    for route in plan.courses:
        assert MODELS[route.leaving].provider != MODELS[route.arriving].provider
        segments = plan.segments
        here = (segments.feature == route.feature) & (segments.model == route.leaving)
        moving = here & route.tiers[segments.service_tier]
        usual = {
            model: sum(plan.normal_calls(day, segments)[mask].sum() for day in days)
            for model, mask in {
                "moving": moving,
                "there": (segments.feature == route.feature) & (segments.model == route.arriving),
            }.items()
        }
        seen = count(
            plan, days, lambda it, route=route: (it.feature == route.feature) & (it.model == route.arriving)
        )
        expected = usual["there"] + route.share * usual["moving"]
        assert seen == pytest.approx(expected, rel=0.3)
        assert 0.75 <= route.share <= 0.95
        eve = plan.flow(route.start - timedelta(days=1), segments)
        own = (eve.segments.feature == route.feature) & (eve.segments.model == route.arriving)
        before = plan.normal_calls(route.start - timedelta(days=1), segments)
        assert eve.calls[own].sum() == pytest.approx(
            before[(segments.feature == route.feature) & (segments.model == route.arriving)].sum()
        )


def test_weekend_holiday_labour_day_is_a_weekend_in_america_alone():
    labour_day = date(2026, 9, 7)
    plan, usual = plan_of("weekend_holiday"), plan_of("base")
    names = [region.region for region in REGIONS]
    us, eu = names.index("us-east-1"), names.index("eu-west-1")

    def ratio(region: int) -> float:
        segments = plan.segments
        chosen = np.flatnonzero((segments.region == region) & (segments.task == TASK_INDEX["chat"]))
        own = segments.take(chosen)
        return plan.flow(labour_day, own).calls.sum() / plan.normal_calls(labour_day, own).sum()

    def seen(run: Plan) -> float:
        return count(run, [labour_day], lambda it: (it.region == us) & (it.customer < 160))

    # A weekend day of chat has 0.58 of a weekday; Mondays have 0.98 of it.
    assert ratio(us) == pytest.approx(0.58 / 0.98)
    assert ratio(eu) == 1.0
    assert seen(plan) < 0.8 * seen(usual)
    holidays = [row.description for course in plan.courses for row in course.planted]
    assert any("Labor Day" in text for text in holidays)


def test_time_zones_leave_no_hour_quiet():
    def busiest_over_quietest(plan: Plan) -> float:
        """Of code by the clock of the plan's customers, in UTC."""
        shape = np.array(HOUR_SHAPES["code"])
        offsets = [REGIONS[region].utc_offset_hours for region in plan.population.region.tolist()]
        hours = sum(np.roll(shape, -offset) for offset in offsets)
        return float(hours.max() / hours.min())

    plan = plan_of("time_zones")
    assert busiest_over_quietest(plan) < 2.3 < 2.7 < busiest_over_quietest(plan_of("base"))
    assert len(np.unique(plan.population.region)) == len(REGIONS)
    # In Asia and Australia the day begins while it is night in UTC.
    far = [index for index, region in enumerate(REGIONS) if region.utc_offset_hours >= 8]
    hours = np.zeros(24)
    for day in around(date(2026, 10, 12), 5):
        for calls in drawn(plan, day):
            chosen = np.isin(calls.segments.region, far) & (
                calls.segments.task == TASK_INDEX["code_completion"]
            )
            at = calls.usage.timestamp_us[np.repeat(chosen, calls.rows_per_segment)] // 3_600_000_000 % 24
            hours += np.bincount(at, minlength=24)
    assert hours[[23, *range(10)]].sum() > 0.6 * hours.sum()


def test_feature_launch_nothing_before_and_three_times_the_use_at_first():
    plan, usual = plan_of("feature_launch"), plan_of("base")
    (course,) = plan.courses
    users = ~course.is_pilot
    before, after = around(course.launch - timedelta(days=5), 5), around(LAST - timedelta(days=8), 5)

    def chosen(segments):
        known = segments.customer < 160
        return known & (segments.feature == course.feature) & users[np.where(known, segments.customer, 0)]

    assert count(plan, before, chosen) == 0
    assert count(usual, before, chosen) > 0
    assert count(plan, after, chosen) > 0
    own = np.flatnonzero(chosen(plan.segments))
    first_day = date.fromordinal(int(course.adopted[plan.segments.customer[own[0]]]))
    one = plan.segments.take(own[:1])
    ratio = plan.flow(first_day, one).calls / plan.normal_calls(first_day, one)
    assert ratio == pytest.approx([3.0])


def test_cost_optimization_shortens_prompts_and_saves_calls():
    plan, usual = plan_of("cost_optimization"), plan_of("base")
    assert len(plan.courses) == 2
    for course in plan.courses:
        cost = []
        for run in (plan, usual):
            nano = [
                (calls.cost_nano_usd[own].sum(), calls.usage.input_tokens[own].sum(), own.sum())
                for day in around(LAST - timedelta(days=5), 5)
                for calls in drawn(run, day)
                for own in [np.repeat(calls.segments.feature == course.feature, calls.rows_per_segment)]
            ]
            cost.append(np.array(nano, dtype=float).sum(axis=0))
        tokens_per_call = [total[1] / total[2] for total in cost]
        assert tokens_per_call[0] / tokens_per_call[1] == pytest.approx(1 - course.prompt_cut, rel=0.12)
        assert cost[0][0] < 0.9 * cost[1][0]


def test_gradual_decline_ends_at_a_seventh_and_with_the_customer_gone():
    plan = plan_of("gradual_decline")
    (course,) = plan.courses
    assert len(course.planted) == round(0.06 * 160)
    left = [int(gone) for gone in course.gone if gone <= LAST.toordinal()]
    assert left
    for place, (start, gone) in enumerate(zip(course.start.tolist(), course.gone.tolist(), strict=True)):
        customer = int(np.flatnonzero(course.place == place)[0])
        own = plan.segments.of_customer(customer)
        day = date.fromordinal(min(gone - 1, LAST.toordinal()))
        share = plan.flow(day, own).calls.sum() / plan.normal_calls(day, own).sum()
        part = (day.toordinal() + 1 - start) / (gone - start)
        assert share == pytest.approx(0.15**part)
        assert plan.population.churned[customer] == (gone if gone <= LAST.toordinal() else 0)
        if gone <= LAST.toordinal():
            assert plan.flow(date.fromordinal(gone), own).calls.sum() == 0


def test_runaway_agents_loop_beside_those_of_every_run():
    plan = plan_of("runaway_agent")
    loops = [anomaly for anomaly in plan.anomalies if anomaly.kind == "runaway_agent"]
    own = [anomaly for anomaly in loops if anomaly.scenario == "runaway_agent"]
    assert len(own) == round(160 * 60 / 3500)
    assert len(loops) > len(own)
    for loop in own:
        assert loop.feature == FEATURE_INDEX["agent_run"]
        spent = normal = 0.0
        for day in around(loop.first, (loop.last - loop.first).days + 1):
            price = plan.prices.at(midnight(day))
            one = plan.segments.of_customer(loop.customer)
            normal += plan.flow(day, one).cost_nano(price, len(one)).sum()
            for calls in drawn(plan, day):
                mine = np.repeat(calls.segments.customer == loop.customer, calls.rows_per_segment)
                spent += calls.cost_nano_usd[mine].sum()
        assert spent / normal == pytest.approx(loop.factor, rel=0.3)


def test_on_the_free_plan_customers_have_no_fee_until_they_pay():
    plan = plan_of("free_tier")
    people = plan.population
    rows = customers_table(plan).to_pylist()
    free = [row for row in rows if row["subscription_tier"] == "free"]
    assert {row["monthly_fee"] for row in free} == {Decimal(0)}
    began_free = np.flatnonzero(people.paying != people.signup)
    assert len(free) == len(began_free) == len(plan.lasting) > 0
    assert all(people.signup[began_free] >= plan.options.first.toordinal())
    followed = {row["customer_id"]: row for row in rows if row["subscription_tier"] != "free"}
    for row in free:
        if row["churned_date"] and row["customer_id"] in followed:
            assert followed[row["customer_id"]]["signup_date"] == row["churned_date"]
    assert sum(row["customer_id"] in followed for row in free) == (people.paying[began_free] > 0).sum()
    assert plan_of("base").segments.calls_per_day.sum() == plan.segments.calls_per_day.sum()
