"""The truth tables say what was planted, to the last digit where that is possible."""

from datetime import date

import pytest

from generator.plan import Options, make_plan


def test_every_kind_is_planted(query):
    counts = dict(query("select kind, count(*) from truth group by 1"))
    assert set(counts) == {
        "usage_spike",
        "runaway_agent",
        "tier_outgrown",
        "expensive_model_for_trivial_task",
    }
    assert counts["usage_spike"] >= 3
    assert query("select count(*) - count(distinct customer_id) from truth") == [(0,)]


def test_spikes_fall_on_customers_of_every_archetype(query):
    kinds = query("select distinct usage_archetype from truth join customers using (customer_id)")
    assert {kind for (kind,) in kinds} == {"light", "power", "heavy"}


def test_observed_cost_is_normal_cost_plus_the_planted_cost(query):
    rows = query(
        """
        select sum(cost_usd)::double, max(expected_cost_usd + planted_cost_usd)::double
        from truth join calls on calls.customer_id = truth.customer_id
          and calls.date between start_date and end_date
        where kind in ('usage_spike', 'tier_outgrown') group by anomaly_id, truth.kind
        """
    )
    assert rows
    # A small customer's day is some seventy calls of very different size; all of them together are steadier.
    for observed, expected in rows:
        assert observed == pytest.approx(expected, rel=0.35)
    assert sum(row[0] for row in rows) == pytest.approx(sum(row[1] for row in rows), rel=0.08)


def test_spikes_and_loops_are_three_to_nine_times_a_normal_weekday(query):
    rows = query(
        """
        with days as (
          select customer_id, date, sum(cost_usd)::double as usd from calls
          where isodow(date) < 6 group by all),
        normal as (select customer_id, median(usd) as usd from days group by all)
        select kind, avg(days.usd) / any_value(normal.usd) from truth
        join days on days.customer_id = truth.customer_id and date between start_date and end_date
        join normal on normal.customer_id = truth.customer_id
        where kind in ('usage_spike', 'runaway_agent') group by anomaly_id, kind
        """
    )
    assert rows
    for kind, factor in rows:
        assert 3.0 <= factor <= 10.0, kind


def test_a_runaway_agent_spends_in_its_feature_alone(query):
    for customer, start, end, planted in query(
        "select customer_id, start_date, end_date, planted_cost_usd from truth where kind = 'runaway_agent'"
    ):
        ((agent, rest),) = query(
            f"""
            select sum(cost_usd) filter (feature_id = 'agent_run'),
              sum(cost_usd) filter (feature_id <> 'agent_run')
            from calls where customer_id = '{customer}' and date between '{start}' and '{end}'
            """
        )
        assert agent >= planted > 2 * (rest or 0)


def test_the_waste_of_an_expensive_model_is_exact(query):
    rows = query(
        """
        select max(planted_cost_usd),
          sum(cost_usd) - sum((input_tokens * 0.8::decimal(18, 6) + output_tokens * 2.4::decimal(18, 6))
            / 1::integer)::decimal(38, 6) / 1000000
        from truth join calls on calls.customer_id = truth.customer_id
          and calls.feature_id = truth.feature_id
        where kind = 'expensive_model_for_trivial_task' and calls.model in ('gpt-4', 'claude-opus-4')
          and calls.date between start_date and end_date
        group by anomaly_id
        """
    )
    assert rows
    for planted, wasted in rows:
        # The six decimals of a token's price in dollars per million are exact in a double here.
        assert float(planted) == pytest.approx(float(wasted), abs=1e-7)
        assert planted > 0


def test_only_planted_customers_classify_with_premium_models(query):
    assert query(
        """
        select count(*) from calls where task_type = 'classification'
          and model in ('gpt-4', 'claude-opus-4') and customer_id not in (
            select customer_id from truth where kind = 'expensive_model_for_trivial_task')
        """
    ) == [(0,)]


def test_an_outgrown_tier_costs_more_than_its_fee_at_the_end(query):
    rows = query(
        """
        select sum(cost_usd) filter (date > date '2026-10-31' - 15) * 2, max(monthly_fee),
          sum(cost_usd) filter (date < start_date)
            / nullif(count(distinct date) filter (date < start_date), 0) * 30
        from truth join calls using (customer_id) join customers using (customer_id)
        where kind = 'tier_outgrown' group by customer_id
        """
    )
    assert rows
    for at_the_end, fee, before in rows:
        assert before < fee < at_the_end


def test_a_thirty_day_period_has_planted_days_as_well():
    plan = make_plan(Options(100, 30, date(2026, 10, 31), 42))
    kinds = [anomaly.kind for anomaly in plan.anomalies]
    assert kinds.count("usage_spike") >= 2
    assert kinds.count("runaway_agent") >= 1
