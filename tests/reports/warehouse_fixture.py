"""A tiny warehouse with the contract's columns and figures that can be added up by hand."""

from pathlib import Path

import duckdb

# As of 31 October 2026: the window is 2 to 31 October, the one before 2 September to 1 October.
_SCHEMA = """
create schema core; create schema allocation; create schema margin; create schema rates;
create schema planning; create schema intermediate; create schema pricing; create schema seeds;
create table intermediate.int_as_of_date as select
    date '2026-10-31' as as_of_date, date '2026-10-02' as window_start_date,
    date '2026-09-02' as prior_window_start_date, date '2026-10-01' as prior_window_end_date,
    date '2026-08-01' as first_usage_date;
create table core.fct_usage_daily (
    usage_date date, customer_id varchar, organization_id varchar, product_id varchar,
    feature_id varchar, task_type varchar, provider varchar, model varchar, environment varchar,
    region varchar, service_tier varchar, is_known_customer boolean, calls bigint,
    failed_calls bigint, unpriced_calls bigint, uncosted_calls bigint,
    unpriced_billed_cost_usd decimal(28, 12), input_tokens bigint, cached_input_tokens bigint,
    output_tokens bigint, list_cost_usd decimal(28, 12), effective_cost_usd decimal(28, 12),
    billed_cost_usd decimal(28, 12), latency_ms_sum bigint, quality_scored_calls bigint,
    quality_score_sum decimal(28, 12));
create table core.rpt_data_quality (
    check_name varchar, affected_calls bigint, total_calls bigint,
    affected_cost_usd decimal(28, 12), total_cost_usd decimal(28, 12),
    affected_call_share double, affected_share double, description varchar);
create table core.rpt_reconciliation (
    usage_date date, rows_read bigint, rows_accepted bigint, rows_rejected bigint,
    rows_duplicate bigint, difference_usd decimal(28, 12));
create table core.rpt_source_freshness (
    source varchar, last_date date, days_behind bigint, is_stale boolean, is_ahead boolean);
create table core.rpt_invoice_variance (
    provider_name varchar, invoices bigint, invoiced_usd decimal(28, 12),
    difference_usd decimal(28, 12));
create table seeds.assumptions (name varchar, value double);
create table allocation.rpt_budget_status (
    month_start_date date, team_id varchar, team_name varchar, month_phase varchar,
    budget_usd decimal(28, 12), budget_to_date_usd decimal(28, 12),
    actual_cost_usd decimal(28, 12), projected_cost_usd decimal(28, 12),
    projected_variance_usd decimal(28, 12), budget_status varchar);
create table planning.rpt_cost_outlook (
    scope varchar, scope_id varchar, forecast_usd decimal(28, 12), lower_usd decimal(28, 12),
    upper_usd decimal(28, 12), trailing_cost_usd decimal(28, 12), change_share double,
    first_forecast_date date, last_forecast_date date, forecast_method varchar);
create table planning.fct_cost_forecasts_daily (
    forecast_date date, scope varchar, scope_id varchar, forecast_usd decimal(28, 12),
    lower_usd decimal(28, 12), upper_usd decimal(28, 12));
create table planning.rpt_forecast_accuracy (
    scope varchar, scope_id varchar, forecast_method varchar, horizon varchar, is_used boolean,
    wape double, skill_share double);
create table rates.rpt_savings_opportunities (
    action_id varchar, action_kind varchar, subject varchar, task_type varchar,
    provider varchar, model varchar, gross_monthly_savings_usd decimal(28, 12),
    overlap_usd decimal(28, 12), net_monthly_savings_usd decimal(28, 12),
    low_monthly_savings_usd decimal(28, 12), high_monthly_savings_usd decimal(28, 12),
    assumption varchar, owner_role varchar, effort varchar, confidence varchar,
    first_step varchar, source_mart varchar, is_illustrative boolean, is_counted boolean);
create table rates.rpt_model_switch_savings (
    task_type varchar, from_provider varchar, from_model varchar, to_provider varchar,
    to_model varchar, calls bigint, current_cost_usd decimal(28, 12),
    cost_after_usd decimal(28, 12), monthly_savings_usd decimal(28, 12),
    monthly_savings_low_usd decimal(28, 12), monthly_savings_high_usd decimal(28, 12),
    from_quality_score_avg double, to_quality_score_avg double, is_recommended boolean,
    latency_p50_change_ms double);
create table core.dim_customers (
    customer_id varchar, customer_name varchar, organization_id varchar,
    subscription_tier varchar, is_known boolean, is_active boolean);
create table core.dim_dates as
    select cast(date '2026-08-01' + i as date) as date_day
    from (select cast(days.i as integer) as i from range(92) as days(i));
create table margin.rpt_customer_margins (
    customer_id varchar, customer_name varchar, subscription_tier varchar, has_activity boolean,
    revenue_usd decimal(28, 12), cost_to_serve_usd decimal(28, 12),
    gross_margin_usd decimal(28, 12), gross_margin_share double, is_unprofitable boolean,
    prior_revenue_usd decimal(28, 12), prior_cost_to_serve_usd decimal(28, 12),
    prior_gross_margin_usd decimal(28, 12), margin_status varchar, uncosted_calls bigint);
create table rates.rpt_commitment_options (
    offer_id varchar, is_recommended boolean, is_illustrative boolean,
    term_months integer, hourly_commitment_usd decimal(28, 12),
    upfront_cost_usd decimal(28, 12), break_even_utilization_share double,
    utilization_share double);
create table pricing.rpt_plan_comparison (
    plan_id varchar, plan_name varchar, plan_kind varchar, is_recommended boolean,
    is_current_plan boolean, gross_margin_change_base_churn_usd decimal(28, 12));
create table pricing.rpt_segment_impacts (
    plan_id varchar, segment_kind varchar, segment varchar, customers bigint,
    current_revenue_usd decimal(28, 12), revenue_usd decimal(28, 12),
    revenue_change_usd decimal(28, 12), revenue_change_share double,
    revenue_change_share_p50 double, current_gross_margin_usd decimal(28, 12),
    gross_margin_usd decimal(28, 12), gross_margin_base_churn_usd decimal(28, 12),
    gross_margin_low_churn_usd decimal(28, 12), gross_margin_high_churn_usd decimal(28, 12),
    customers_paying_more bigint, customers_paying_less bigint,
    current_unprofitable_customers bigint, unprofitable_customers bigint);
"""

_PLANNING = """
insert into pricing.rpt_plan_comparison values
    ('flat', 'Flat', 'flat', false, true, 0), ('tiered', 'Tiered', 'tiered', true, false, 250);
insert into pricing.rpt_segment_impacts values
    ('tiered', 'margin_today', 'loses_money', 1, 990, 1400, 410, 410 / 990.0, 410 / 990.0,
        -210, 200, 40, 60, -10, 1, 0, 1, 0);
insert into core.rpt_data_quality values
    ('unallocated', 10, 30, 100, 1600, 1 / 3.0, 0.0625, ''),
    ('unpriced', 0, 30, 0, 1600, 0, 0, ''), ('cost_unknown', 3, 30, null, 1600, 0.1, null, ''),
    ('record_rejected', 1, 40, 5, 1605, 0.025, 5 / 1605.0, ''),
    ('reconciliation_difference', 0, 40, 0, 1605, 0, 0, '');
insert into core.rpt_reconciliation values
    ('2026-10-31', 38, 30, 6, 2, 0), ('2026-10-02', 2, 0, 1, 1, 0), ('2026-10-01', 9, 9, 0, 0, 3);
insert into core.rpt_source_freshness values ('calls', '2026-10-31', 0, false, false);
insert into seeds.assumptions values ('action_min_savings_usd', 5), ('model_switch_low_share', 0.4),
    ('model_switch_base_share', 0.6), ('model_switch_high_share', 0.8);
insert into allocation.rpt_budget_status values
    ('2026-10-01', 'assistant-team', 'Assistant', 'ended', 1500, 1500, 1600, 1600, 100, 'over budget'),
    ('2026-10-01', 'agents-team', 'Agents', 'ended', 600, 600, 0, 0, -600, 'within budget');
insert into planning.rpt_cost_outlook values
    ('total', 'total', 1700, 1500, 2000, 1600, 0.0625, '2026-11-01', '2026-11-30', 'weekday_profile');
insert into planning.fct_cost_forecasts_daily
    select date '2026-11-01' + cast(i as integer), 'total', 'total', 56 + i, 50, 60 + i
    from range(30) as days(i);
insert into planning.rpt_forecast_accuracy values
    ('total', 'total', 'weekday_profile', 'all days', true, 0.12, 0.2),
    ('total', 'total', 'seasonal_naive', 'all days', false, 0.15, 0);
"""


def usage_row(
    day: str, customer: str, model: str, cost: str, calls: int = 10, *, unpriced: bool = False
) -> str:
    """One row of core.fct_usage_daily as SQL; list, effective and billed cost are the same."""
    provider = "openai" if model.startswith("gpt") else "anthropic"
    quoted = customer.replace("'", "''")
    return (
        f"(date '{day}', '{quoted}', 'org_001', 'assistant', 'chat', 'chat', '{provider}', "
        f"'{model}', 'production', 'eu', 'standard', true, {calls}, 0, "
        f"{calls if unpriced else 0}, {calls if cost == 'null' else 0}, {cost if unpriced else 0}, "
        f"1000, 0, 500, {cost}, {cost}, {cost}, 8000, 0, 0)"
    )


HOSTILE_NAME = "a|b <script>`x`</script>\n# \u202eevil"

# This period: 1,200 + 300 + 100 = 1,600 dollars; the one before: 1,000.
DEFAULT_ROWS = [
    usage_row("2026-10-31", "cust_0001", "gpt-4", "1200.00"),
    usage_row("2026-10-02", HOSTILE_NAME, "claude-sonnet-4", "300.00"),
    usage_row("2026-10-15", "unallocated", "gpt-4", "100.00"),
    usage_row("2026-10-01", "cust_0001", "gpt-4", "1000.00"),
    usage_row("2026-09-01", "cust_0001", "gpt-4", "7.00"),
]


def build_warehouse(path: Path, rows: list[str] | None = None, *, savings: bool = True) -> Path:
    """Write the fixture warehouse with these usage rows and one saving of 120 dollars."""
    connection = duckdb.connect(str(path))
    try:
        connection.execute(_SCHEMA)
        connection.execute(f"insert into core.fct_usage_daily values {', '.join(rows or DEFAULT_ROWS)}")
        connection.execute(_PLANNING)
        connection.execute(
            "insert into core.dim_customers values "
            "('cust_0001', 'Acme | Co', 'org_001', 'pro', true, true), "
            "('cust_0002', 'Beta', 'org_002', 'enterprise', true, true)"
        )
        connection.execute(
            "insert into margin.rpt_customer_margins values "
            "('cust_0001', 'Acme | Co', 'pro', true, 990, 1200, -210, -210 / 990.0, true, "
            "990, 1000, -10, 'recurring_loss', 0), "
            "('cust_0002', 'Beta', 'enterprise', true, 2990, 0, 2990, 1, false, 2990, 0, 2990, 'profitable', 0)"
        )
        connection.execute(
            "insert into rates.rpt_savings_opportunities values "
            "('switch-chat', 'model_switch', 'chat calls from gpt-4 to claude-sonnet-4', 'chat', "
            "'anthropic', 'claude-sonnet-4', 150, 30, 120, 80, 140, 'Quality stays within the floor.', "
            "'Head of Engineering', 'days', 'medium', 'Send a tenth of the calls to it', "
            "'rates.rpt_model_switch_savings', false, true), "
            "('commitment:offer', 'commitment', 'an hourly commitment', null, 'openai', null, 50, 10, 40, "
            "30, 45, 'Usage stays.', 'Head of Finance', 'a contract', 'medium', 'Ask for a quote', "
            "'rates.rpt_commitment_options', true, false), "
            "('batch-chat', 'batch', 'chat calls that can wait', 'chat', null, null, 2, 0, 2, 1, 3, 'They wait.', "
            "'Head of Engineering', 'two weeks', 'medium', 'List them', 'rates.rpt_batch_savings', false, false)"
        )
        connection.execute(
            "insert into rates.rpt_model_switch_savings values "
            "('chat', 'openai', 'gpt-4', 'anthropic', 'claude-sonnet-4', 20, 200, 50, 150, 100, 170, "
            "0.91, 0.92, true, 1500)"
        )
        if not savings:
            connection.execute("delete from rates.rpt_savings_opportunities")
    finally:
        connection.close()
    return path
