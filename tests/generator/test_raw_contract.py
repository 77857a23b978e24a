"""The landing folder is what the public contract says."""

from decimal import Decimal

CALL_COLUMNS = {
    "timestamp": "TIMESTAMP",
    "provider": "VARCHAR",
    "model": "VARCHAR",
    "input_tokens": "BIGINT",
    "output_tokens": "BIGINT",
    "cost_usd": "DECIMAL(18,9)",
    "latency_ms": "BIGINT",
    "customer_id": "VARCHAR",
    "organization_id": "VARCHAR",
    "product_id": "VARCHAR",
    "feature_id": "VARCHAR",
    "task_type": "VARCHAR",
    "subscription_tier": "VARCHAR",
    "call_id": "VARCHAR",
    "trace_id": "VARCHAR",
    "status": "VARCHAR",
    "cached_input_tokens": "BIGINT",
    "service_tier": "VARCHAR",
    "quality_score": "DOUBLE",
    "environment": "VARCHAR",
    "region": "VARCHAR",
    "agent_id": "VARCHAR",
}


def test_call_columns_and_types(query):
    described = {name: kind for name, kind, *_ in query("describe select * exclude (date) from calls")}
    assert described == CALL_COLUMNS


def test_customer_columns_and_types(query):
    described = {name: kind for name, kind, *_ in query("describe customers")}
    assert described == {
        "customer_id": "VARCHAR",
        "customer_name": "VARCHAR",
        "organization_id": "VARCHAR",
        "subscription_tier": "VARCHAR",
        "monthly_fee": "DECIMAL(18,2)",
        "usage_archetype": "VARCHAR",
        "signup_date": "DATE",
        "churned_date": "DATE",
        "region": "VARCHAR",
    }


def test_every_day_of_the_period_has_one_file(landing):
    files = sorted(path.relative_to(landing) for path in (landing / "calls").rglob("*.parquet"))
    assert len(files) == 60
    assert str(files[0]) == "calls/date=2026-09-02/part-0.parquet"
    assert str(files[-1]) == "calls/date=2026-10-31/part-0.parquet"


def test_call_ids_are_unique_and_each_call_lies_in_its_day(query):
    assert query("select count(*) - count(distinct call_id) from calls") == [(0,)]
    assert query("select count(*) from calls where cast(timestamp as date) <> date") == [(0,)]
    # Trace ids are no call ids, and a trace stays with one customer and feature.
    assert query("select count(*) from calls where trace_id in (select call_id from calls)") == [(0,)]
    assert query(
        "select count(*) from (select trace_id from calls group by 1"
        " having count(distinct (customer_id, feature_id)) > 1)"
    ) == [(0,)]


def test_cost_is_tokens_at_the_list_price_to_the_last_digit(query):
    rows = query(
        """
        with price as (
          select provider, model, service_tier,
            max(cast(usd_per_million_tokens as decimal(18, 6))) filter (token_class = 'input') as i,
            max(cast(usd_per_million_tokens as decimal(18, 6))) filter (token_class = 'cached_input') as c,
            max(cast(usd_per_million_tokens as decimal(18, 6))) filter (token_class = 'output') as o
          from prices where valid_from <= '2026-09-01' group by all
        )
        select count(*), count(*) filter (
          cast(cost_usd * 1000000 as decimal(38, 9)) <>
          (input_tokens - cached_input_tokens) * i + cached_input_tokens * c + output_tokens * o)
        from calls join price using (provider, model, service_tier)
        """
    )
    assert rows == [(query("select count(*) from calls")[0][0], 0)]


def test_failures_are_between_one_and_a_half_and_two_percent_and_billed_as_they_should_be(query):
    ((share,),) = query("select avg(cast(status <> 'success' as integer)) from calls")
    assert 0.015 <= share <= 0.020
    assert {status for (status,) in query("select distinct status from calls")} == {
        "success",
        "rate_limited",
        "server_error",
        "timeout",
        "content_filtered",
    }
    assert query(
        "select count(*) from calls where status in ('rate_limited', 'server_error')"
        " and (input_tokens > 0 or output_tokens > 0 or cached_input_tokens > 0 or cost_usd > 0)"
    ) == [(0,)]
    assert query(
        "select count(*) from calls where status in ('timeout', 'content_filtered')"
        " and (input_tokens = 0 or output_tokens > 0 or cost_usd = 0)"
    ) == [(0,)]
    assert query("select count(*) from calls where status <> 'success' and quality_score is not null") == [
        (0,)
    ]


def test_successful_calls_use_tokens_within_bounds(query):
    assert query(
        "select count(*) from calls where status = 'success' and (input_tokens < 1 or output_tokens < 1"
        " or cached_input_tokens < 0 or cached_input_tokens > input_tokens or latency_ms < 1)"
    ) == [(0,)]
    assert query("select count(*) from calls where not quality_score between 0 and 1") == [(0,)]
    assert query("select max(input_tokens) <= 8192 from calls where model = 'gpt-4'") == [(True,)]


def test_calls_belong_to_customers_who_are_served_that_day(query):
    assert query(
        """
        select count(*) from calls left join customers using (customer_id)
        where calls.customer_id is not null and (customers.customer_id is null
          or date < signup_date or date >= churned_date
          or calls.organization_id <> customers.organization_id
          or calls.subscription_tier <> customers.subscription_tier
          or calls.region <> customers.region)
        """
    ) == [(0,)]
    ((signed_up, left),) = query(
        "select count(*) filter (signup_date > date '2026-09-02'), count(churned_date) from customers"
    )
    assert signed_up > 0
    assert left > 0


def test_fees_are_those_of_the_tiers_and_archetypes_those_of_the_specification(query):
    assert sorted(query("select distinct subscription_tier, monthly_fee from customers")) == [
        ("enterprise", Decimal("299.00")),
        ("pro", Decimal("99.00")),
        ("starter", Decimal("29.00")),
    ]
    assert dict(query("select usage_archetype, count(*) from customers group by 1")) == {
        "light": 42,
        "power": 12,
        "heavy": 6,
    }


def test_a_small_share_of_spend_has_no_customer_and_the_truth_knows_it(query):
    ((share, spent, calls),) = query(
        "select sum(cost_usd) filter (customer_id is null) / sum(cost_usd),"
        " sum(cost_usd) filter (customer_id is null), count(*) filter (customer_id is null) from calls"
    )
    assert 0.004 <= share <= 0.012
    assert query("select sum(cost_usd), sum(calls) from untagged") == [(spent, calls)]
    assert query("select count(*) from calls where customer_id is null and organization_id is not null") == [
        (0,)
    ]


def test_a_customer_day_has_few_combinations_of_dimensions(query):
    combinations = dict(
        query(
            """
            select usage_archetype, avg(combinations) from (
              select date, customer_id, count(distinct
                (feature_id, task_type, model, environment, region, service_tier)) as combinations
              from calls group by all) join customers using (customer_id) group by 1
            """
        )
    )
    assert combinations["light"] <= 3
    assert combinations["power"] <= 8
    assert combinations["heavy"] <= 18
