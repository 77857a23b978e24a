"""A tiny warehouse: tables as the contracts of the marts state them, figures that can be added up by hand."""

from pathlib import Path

import duckdb
import yaml

from tests.workspace import ROOT

PROJECT = ROOT / "dbt_project"

# As of 31 October 2026: the window is 2 to 31 October, the one before 2 September to 1 October.
_PERIODS = """
create schema intermediate;
create table intermediate.int_as_of_date as select
    date '2026-10-31' as as_of_date, date '2026-10-02' as window_start_date,
    date '2026-09-02' as prior_window_start_date, date '2026-10-01' as prior_window_end_date,
    date '2026-08-01' as first_usage_date;
"""
_USAGE = "core.fct_usage_daily"
HOSTILE_NAME = "a|b <script>`x`</script>\n# \u202eevil"
# Every table that the pages of these tests read; what a row does not state is null.
_ROWS = {
    _USAGE: "",
    "core.rejected_records": "",
    "anomalies.fct_series_anomalies": "",
    "core.fct_charges": "",
    "core.rpt_spend_daily": "",
    "core.rpt_invoice_variance": "",
    "rates.rpt_commitment_options": "",
    "rates.rpt_usage_optimizations": "",
    "rates.rpt_usage_optimization_kinds": "",
    "efficiency.rpt_model_usage": """
        (provider, model, calls, failed_calls, unpriced_calls, unpriced_uncosted_calls, unpriced_billed_cost_usd, is_price_missing)
        select
            provider, model, sum(calls), sum(failed_calls), sum(unpriced_calls),
            coalesce(sum(uncosted_calls) filter (where unpriced_calls > 0), 0),
            sum(unpriced_billed_cost_usd) filter (where unpriced_calls > 0),
            sum(unpriced_calls) > coalesce(sum(calls_without_usage) filter (where unpriced_calls > 0), 0)
        from core.fct_usage_daily
        where usage_date >= '2026-10-02'
        group by provider, model""",
    # Of 1,600 the switch takes 120.
    "rates.rpt_savings_waterfall": """
        (step_order, step, action_kind, counting, is_total, amount_usd, lower_usd, upper_usd, actions, works, gross_usd, overlap_usd,
        net_usd, net_share, low_usd, high_usd, scope_cost_usd, effort_days, assumption, spend_usd, resources_usd, all_spend_usd,
        not_examined_usd) values
        (0, 'spend in the period', null, 'yes', true, 1600, 0, 1600, null, null, null, null, 0, 0, null, null, null, null, null, 1600, 0, 2600, 1000),
        (1, 'model switch', 'model_switch', 'yes', false, 120, 1480, 1600, 1, 1, 150, 30, 120, 0.075, 80, 140, 200, 1,
        'Quality stays within the floor.', 1600, 0, 2600, 1000),
        (3, 'batch', 'batch', 'no: pays back too late', false, null, null, null, 1, 1, 2, 0, 2, 0.00125, 1, 3, 10, 1, 'They wait.', 1600, 0, 2600, 1000),
        (6, 'commitment', 'commitment', 'no: example offers', false, null, null, null, 1, 1, 50, 10, 40, 0.025, 30, 45, 300, 1, 'Usage stays.',
        1600, 0, 2600, 1000),
        (99, 'what would be left', null, 'yes', true, 1480, 0, 1480, 1, 1, 150, 30, 120, 0.075, 80, 140, null, 1, null, 1600, 0, 2600, 1000)""",
    "rates.rpt_savings_realized_monthly": "",
    "rates.rpt_savings_tracked": "",
    "rates.rpt_placement_options": "",
    "rates.rpt_price_tiers": "",
    "rates.rpt_provider_options": "",
    "rates.rpt_region_options": "",
    "rates.rpt_transfer_paths": "",
    "rates.rpt_self_hosting_options": "",
    "rates.rpt_commitment_recommendations": "",
    "rates.rpt_commitment_coverage": "",
    "rates.rpt_commitment_coverage_by_team": "",
    "rates.rpt_commitment_coverage_daily": "",
    "rates.rpt_commitment_gaps": "",
    "rates.rpt_commitment_renewals": "",
    "rates.rpt_commitment_orders": "",
    "rates.rpt_commitment_portfolio": "",
    "rates.rpt_commitment_portfolio_summary": "",
    "rates.rpt_commitment_ladder": "",
    "rates.rpt_commitment_levels": "",
    "rates.fct_commitment_hours": "",
    "core.dim_dates": "(date_day) select cast(date '2026-08-01' + cast(i as integer) as date) from range(92) as days(i)",
    "core.rpt_charges_by_pool": "",
    "core.dim_customers": """
        (customer_id, customer_name, organization_id, subscription_tier, is_known, is_active) values
        ('cust_0001', 'Acme | Co', 'org_001', 'pro', true, true),
        ('cust_0002', 'Beta', 'org_002', 'enterprise', true, true)""",
    "core.rpt_usage_daily": """
        select usage_date, customer_id, coalesce(customer_name, customer_id), coalesce(subscription_tier, 'unknown'),
        usage.organization_id, product_id, feature_id, task_type, team_id, provider, model, environment, calls, uncosted_calls, effective_cost_usd
        from core.fct_usage_daily as usage left join core.dim_customers using (customer_id)""",
    "allocation.rpt_cost_allocation": """
        (rollup_level, customer_coverage_share, unallocated_cost_share) values ('total', 0.9375, 0.0625)""",
    "core.rpt_data_quality": """
        (check_name, affected_calls, total_calls, affected_cost_usd, total_cost_usd, affected_call_share, affected_share,
        description) values
        ('unallocated', 10, 30, 100, 1600, 1 / 3.0, 0.0625, ''),
        ('unpriced', 0, 30, 0, 1600, 0, 0, ''), ('cost_unknown', 3, 30, null, 1600, 0.1, null, ''),
        ('record_rejected', 1, 40, 5, 1605, 0.025, 5 / 1605.0, ''),
        ('reconciliation_difference', 0, 40, 0, 1605, 0, 0, '')""",
    "core.rpt_reconciliation": """
        (usage_date, rows_read, rows_accepted, rows_rejected, rows_duplicate, difference_usd) values
        ('2026-10-31', 38, 30, 6, 2, 0), ('2026-10-02', 2, 0, 1, 1, 0), ('2026-10-01', 9, 9, 0, 0, 3)""",
    "core.rpt_source_freshness": """
        (source, last_date, days_behind, is_stale, is_ahead) values ('calls', '2026-10-31', 0, false, false)""",
    "seeds.assumptions": """
        (name, value) values ('action_payback_months_up_to', 24), ('owner_days_a_month', 21), ('action_first_within_months', 12),
        ('model_switch_low_share', 0.4),
        ('model_switch_base_share', 0.6), ('model_switch_high_share', 0.8)""",
    "allocation.rpt_owner_costs_monthly": """
        (month_start_date, rollup_level, business_unit_id, team_id, owner_id, owner_name, parent_owner_id, parent_owner_name, ai_cost_usd,
        storage_cost_usd, shared_cost_usd, total_cost_usd, cost_share, unowned_cost_usd, unowned_share, owned_share, owned_target_share, is_owned_enough,
        prior_month_cost_usd, covered_days, days_in_month, is_partial_month, is_latest) values
        ('2026-10-01', 'total', 'all', 'all', 'all', 'all', 'all', 'all', 1600, 10, 10, 1610, 1, 161, 0.1, 0.9, 0.95, false, 1500, 31, 31, false, true),
        ('2026-10-01', 'team', 'x', 'a', 'a', 'Assistant', 'x', 'Customer products', 1449, 0, 0, 1449, 0.9, 0, 0, 1, 0.95, true, 1400, 31, 31, false, true),
        ('2026-10-01', 'team', 'unallocated', 'unallocated', 'unallocated', 'Unallocated', 'unallocated', 'Unallocated', 151, 10, 10,
        161, 0.1, 161, 1, 0, 0.95, false, 100, 31, 31, false, true)""",
    "allocation.rpt_tenant_chargebacks_monthly": """
        (month_start_date, customer_id, customer_name, is_customer, ai_cost_usd, other_cost_usd, total_cost_usd, cost_share,
        largest_increase, efficiency_score, is_latest) values
        ('2026-10-01', 'cust_0001', 'Acme | Co', true, 1400, 0, 1400, 0.8696, 'ai', 0.8, true),
        ('2026-10-01', 'cust_0002', 'Beta', true, 100, 0, 100, 0.0621, 'none', 0.9, true),
        ('2026-10-01', 'unallocated', 'Cost to serve, customer unknown', false, 100, 0, 100, 0.0621, null, null, true),
        ('2026-10-01', 'not_serving', 'Not a cost of serving customers', false, 0, 10, 10, 0.0062, null, null, true)""",
    "allocation.rpt_tenant_chargeback_parts_monthly": """
        (month_start_date, part, part_order, ai_cost_usd, other_cost_usd, total_cost_usd, cost_share, is_latest) values
        ('2026-10-01', 'All customers', 1, 1500, 0, 1500, 0.9317, true),
        ('2026-10-01', 'Cost to serve, customer unknown', 2, 100, 0, 100, 0.0621, true),
        ('2026-10-01', 'Not a cost of serving customers', 2, 0, 10, 10, 0.0062, true),
        ('2026-10-01', 'All spend', 3, 1600, 10, 1610, 1, true)""",
    "allocation.rpt_spend_by_category": """
        (service_category, cost_usd, other_cost_usd, cost_less_revenue_usd, prior_cost_usd, comparable_prior_cost_usd, calendar_usd, cost_change_share, cost_share,
        unowned_cost_usd, unowned_share, unowned_target_share, is_owned_enough, rank_beside_ai, categories_beside_ai) values
        ('all', 2600, 0, -1380, 1810, 1800, -10, 0.4444, 1, 220, 0.0846, 0.05, false, 2, 1),
        ('AI and Machine Learning', 1600, 1000, -2380, 1000, 1000, 0, 0.6, 0.6154, 20, 0.0125, 0.05, true, 3, 1),
        ('Compute', 1000, 1600, -2980, 810, 800, -10, 0.25, 0.3846, 200, 0.2, 0.05, false, 1, 1)""",
    "allocation.rpt_spend_by_service": """
        (provider_name, service_name, cost_usd, cost_share, provider_cost_usd, cost_rank) values
        ('openai', 'Models', 1600, 0.6154, 1600, 1),
        ('AWS', 'AmazonEC2', 1000, 0.3846, 1000, 2)""",
    "allocation.rpt_unowned_costs_monthly": """
        (month_start_date, cause, next_step, cost_usd, unowned_share, is_latest, covered_days, days_in_month) values
        ('2026-10-01', 'calls: name no feature', 'send product and feature with each call', 161, 1, true, 31, 31)""",
    "allocation.rpt_activity_costs": """
        (month_start_date, cost_pool, driver, activity_cost_usd, driver_units, usd_per_driver_unit,
        unused_capacity_cost_usd, covered_days, days_in_month) values ('2026-10-01', 'helpdesk', 'tickets', 10, 5, 1.2, 4, 31, 31)""",
    "allocation.rpt_support_costs_monthly": """
        (month_start_date, step_order, cost_pool, target_column, target_value, direct_cost_usd, step_down_cost_usd,
        reciprocal_cost_usd, step_down_less_reciprocal_usd, step_down_less_reciprocal_share, covered_days, days_in_month) values
        ('2026-10-01', null, 'all', 'team_id', 'assistant-team', 40, 45, 50, -5, -0.1, 31, 31),
        ('2026-10-01', 1, 'personnel', 'team_id', 'assistant-team', 40, 45, 50, -5, -0.1, 31, 31)""",
    "allocation.rpt_gpu_costs": """
        (rollup_level, first_date, last_date, provider_name, instance_type, team_id, team_name, requested_gpu_hours,
        allocated_gpu_hours, measured_gpu_hours, busy_share, idle_gpu_hours, cost_usd, recorded_cost_usd, unrecorded_cost_usd,
        idle_cost_usd, idle_share, usd_per_gpu_hour, ledger_cost_usd, use_less_ledger_usd) values
        ('total', '2026-10-02', '2026-10-31', 'all', 'all', 'all', 'All', 30, 20, 5, 0.25, 20, 50, 40, 10, 20, 0.5, 1, 50, 0),
        ('machine', '2026-10-02', '2026-10-31', 'AWS', 'p4d', 'all', 'All', 30, 20, 5, 0.25, 20, 40, 40, 0, 20, 0.5, 1, 40, 0),
        ('machine', '2026-10-02', '2026-10-31', 'AWS', 'g4dn', 'all', 'All', null, null, null, null, null, 10, null, 10, null,
        null, null, 10, 0),
        ('team', '2026-10-02', '2026-10-31', 'all', 'all', 'research-team', 'Research', 30, 20, 5, 0.25, null, 20, 20, 0, 0, 0,
        1, 0, 20),
        ('team', '2026-10-02', '2026-10-31', 'all', 'all', 'platform-team', 'Platform', null, null, null, null, 20, 30, 20, 10,
        20, 1, null, 50, -20),
        ('machine_and_team', '2026-10-02', '2026-10-31', 'AWS', 'p4d', 'platform-team', 'Platform', null, null, null, null, 20,
        20, 20, 0, 20, 1, null, 40, -20)""",
    "allocation.rpt_tag_compliance": """
        (month_start_date, scope_kind, scope, scope_name, resources, compliant_resources, compliant_share, cost_usd,
        compliant_cost_share, noncompliant_resources, noncompliant_cost_usd, untagged_cost_usd, prior_compliant_cost_share, target_share, days_to_target, target_outlook,
        is_latest) values
        ('2026-10-01', 'total', 'all', 'all', 4, 2, 0.5, 80, 0.25, 2, 60, 20, 0.2, 0.95, 434, 'on the way', true),
        ('2026-10-01', 'tag', 'Team', 'Team', 4, 3, 0.75, 80, 0.5, 1, 40, 20, 0.4, 0.95, 140, 'on the way', true),
        ('2026-10-01', 'account', 'x', 'x', 4, 2, 0.5, 80, 0.25, 2, 60, 20, 0.2, 0.95, 434, 'on the way', true),
        ('2026-10-01', 'account', 'y', 'y', 0, 0, null, 0, null, 0, 0, 0, null, 0.95, null, null, true),
        ('2026-10-01', 'team', 'research-team', 'Research', 3, 2, 0.67, 60, 0.33, 1, 40.2, 0, 0.34, 0.95, null, 'moving away', true)""",
    "allocation.rpt_resources_to_tag": """
        (rollup_level, month_start_date, provider_name, resource_id, owned, corrections, fixed_by, resources, cost_usd,
        resource_rank) values
        ('resource', '2026-10-01', 'AWS', 'i-1', 'Without a team',
        'add Owner; change the value of Team from "=asistant" to "assistant"', 'account 1', 1, 40, 1),
        ('resource', '2026-10-01', 'AWS', 'i-2', 'With a team', 'rename key "cost_center" to CostCenter', 'Research', 1, 60, 2),
        ('owned', '2026-10-01', null, null, 'Without a team', null, null, 1, 40, 1),
        ('owned', '2026-10-01', null, null, 'With a team', null, null, 1, 60, 2),
        ('total', '2026-10-01', null, null, 'All of them', null, null, 2, 100, 1)""",
    "allocation.rpt_budget_status": """
        (month_start_date, team_id, team_name, month_phase, budget_usd, budget_to_date_usd, actual_cost_usd,
        projected_cost_usd, projected_variance_usd, budget_status) values
        ('2026-10-01', 'assistant-team', 'Assistant', 'ended', 1500, 1500, 1600, 1600, 100, 'over budget'),
        ('2026-10-01', 'agents-team', 'Agents', 'ended', 600, 600, 0, 0, -600, 'within budget')""",
    "allocation.rpt_budget_advice": """
        (month_start_date, team_id, team_name, month_phase, budget_usd, projected_cost_usd, projected_variance_usd,
        budget_status, is_over, month_overrun_usd, judged_months, over_months, usual_month_cost_usd, overrun_verdict, advice,
        suggested_team_budgets_usd, approver_role, decide_by_date) values
        ('2026-10-01', 'assistant-team', 'Assistant', 'ended', 1500, 1600, 100, 'over budget', true, 100, 1, 1, 1600, 'the use is', 'ask what took it over', 2100,
        'Head of Finance', '2026-11-14'),
        ('2026-10-01', 'agents-team', 'Agents', 'ended', 600, 0, -600, 'within budget', false, 100, 1, 0, 0, null, null, 2100,
        'Head of Finance', '2026-11-14')""",
    "planning.rpt_cost_outlook": """
        (scope, scope_id, scope_label, is_rest, forecast_usd, lower_usd, upper_usd, trailing_cost_usd, calendar_usd, change_usd, change_share,
        first_forecast_date, last_forecast_date, forecast_method, range_status, wape, days_within_range_share, sums_within_range_share,
        tested_sums, independent_tested_sums, doubtful_below_share, is_range_doubtful) values
        ('component', 'ai', 'component AI', false, 1700, 1500, 2000, 1600, 0, 100, 0.0625, '2026-11-01', '2026-11-30', 'combined',
        'drawn from what the last 40 forecasts missed, wider as only 2 do not overlap; such ranges held 6 of 8 past sums, 1 without overlap',
        0.12, 0.83, 0.75, 8, 1, 0.7, false)""",
    "planning.fct_cost_forecasts_daily": """
        (forecast_date, scope, scope_id, forecast_usd, lower_usd, upper_usd)
        select date '2026-11-01' + cast(i as integer), 'component', 'ai', 56 + i, 50, 60 + i from range(30) as days(i)""",
    "planning.rpt_forecast_accuracy": """
        (scope, scope_id, forecast_method, horizon, is_used, wape, skill_share, total_wape, naive_total_wape, verdict) values
        ('component', 'ai', 'combined', 'all days', true, 0.14, 0.2, 0.12, 0.15, 'better than repeating last week'),
        ('component', 'ai', 'seasonal_naive', 'all days', false, 0.17, 0, 0.15, 0.15, 'not used'),
        ('component', 'ai', 'combined', '30-day total', true, 0.12, 0.2, 0.12, 0.15, 'better than repeating last week'),
        ('component', 'ai', 'seasonal_naive', '30-day total', false, 0.15, 0, 0.15, 0.15, 'not used')""",
    "planning.rpt_cost_variances": """
        (month_start_date, is_latest, basis, scope, scope_id, scope_name, part, variance_usd, part_rank, actual_usd, compared_usd,
        total_variance_usd, total_variance_share, severity, main_team_name, main_customer_name, main_feature_id, main_model,
        main_variance_usd) values
        ('2026-10-01', true, 'prior period', 'component', 'ai', 'ai', 'price', 450, 1, 1600, 1000, 600, 0.6, 'critical',
        'Assistant', 'cust_0001', 'chat', 'gpt-4', 400),
        ('2026-10-01', true, 'prior period', 'component', 'ai', 'ai', 'volume', 150, 2, 1600, 1000, 600, 0.6, 'critical',
        'Assistant', 'cust_0001', 'chat', 'gpt-4', 120),
        ('2026-10-01', true, 'budget', 'team', 'assistant-team', 'Assistant', 'price', 100, 1, 1600, 1500, 100, 0.0667,
        'moderate', 'Assistant', 'cust_0001', 'chat', 'gpt-4', 90)""",
    "planning.rpt_variance_statements_monthly": """
        (month_start_date, is_latest, is_running, basis, scope, scope_id, scope_name, actual_usd, compared_usd, total_variance_usd,
        total_variance_share, severity, largest_part, largest_part_usd, price_usd, volume_usd, is_seriously_over) values
        ('2026-10-01', true, false, 'prior period', 'component', 'ai', 'ai', 1600, 1000, 600, 0.6, 'critical', 'price', 450, 450, 150,
        true),
        ('2026-10-01', true, false, 'budget', 'team', 'assistant-team', 'Assistant', 1600, 1500, 100, 0.0667, 'moderate', 'price', 100,
        100, null, false)""",
    "planning.rpt_month_close_parts": """
        (month_start_date, period, scope, scope_id, part_order, part, budget_part_usd, forecast_part_usd, prior_part_usd) values
        ('2026-10-01', 'month', 'total', 'total', 1, 'starting point', -500, -650, 0), ('2026-10-01', 'month', 'total', 'total', 2, 'volume', 150, 150, 150),
        ('2026-10-01', 'month', 'total', 'total', 3, 'mix', 0, 0, 0), ('2026-10-01', 'month', 'total', 'total', 4, 'efficiency', 0, 0, 0),
        ('2026-10-01', 'month', 'total', 'total', 5, 'price', 450, 450, 450), ('2026-10-01', 'month', 'total', 'total', 6, 'new', 0, 0, 0),
        ('2026-10-01', 'month', 'total', 'total', 7, 'lost', 0, 0, 0), ('2026-10-01', 'month', 'total', 'total', 8, 'other costs', 0, 0, 0),
        ('2026-10-01', 'month', 'total', 'total', 9, 'sum of the parts', 100, -50, 600), ('2026-10-01', 'month', 'total', 'total', 10, 'cost less plan', 100, -50, 600)""",
    "planning.rpt_month_close": """
        (month_start_date, is_latest, period, period_start_date, scope, scope_id, scope_name, owner_name, covered_days, days_in_month, actual_usd, shared_usd,
        prior_actual_usd, prior_variance_usd, prior_daily_variance_share, prior_severity, budget_usd, approver_role, budget_variance_usd, budget_variance_share, budget_severity, forecast_usd,
        forecast_basis, forecast_variance_usd, forecast_variance_share, forecast_severity, budget_starting_point_usd,
        forecast_starting_point_usd, price_usd, volume_usd, mix_usd, efficiency_usd, new_usd, lost_usd, other_costs_usd,
        largest_part, largest_part_usd, cause_team_name, cause_customer_name, cause_feature_id, cause_model, cause_usd) values
        ('2026-10-01', true, 'month', '2026-10-01', 'total', 'total', 'total', null, 31, 31, 1600, 0, 1000, 600, 0.5484, 'critical', 1500, 'Head of Finance', 100, 0.0667,
        'moderate', 1650, 'backtest', -50, -0.0303, 'minor', -500, -650, 450, 150, 0, 0, 0, 0, 0, 'price', 450, 'Assistant',
        'cust_0001', 'chat', 'gpt-4', 400),
        ('2026-10-01', true, 'month', '2026-10-01', 'component', 'ai', 'ai', null, 31, 31, 1600, 0, 1000, 600, 0.5484, 'critical', null, null, null, null, 'no basis', 1650,
        'backtest', -50, -0.0303, 'minor', null, -650, 450, 150, 0, 0, 0, 0, 0, 'starting point', -650, null, null, null,
        null, null),
        ('2026-10-01', true, 'month', '2026-10-01', 'team', 'assistant-team', 'Assistant', 'Assistant', 31, 31, 1600, 0, 1000, 600, 0.5484, 'critical', 1500, 'Head of Finance', 100,
        0.0667, 'moderate', 1650, 'backtest', -50, -0.0303, 'minor', -500, -650, 450, 150, 0, 0, 0, 0, 0, 'price', 450,
        'Assistant', 'cust_0001', 'chat', 'gpt-4', 400)""",
    "anomalies.rpt_budget_alerts": """
        (alert_id, rule_id, measure, severity, limit_share, scope, subject_id, subject_name, period, period_start_date,
        alert_date, budget_usd, reached_date, is_highest_of_month) values
        ('a', 'budget_used_up', 'budget_used', 'critical', 1, 'team', 'assistant-team', 'Assistant', 'month', '2026-10-01',
        '2026-10-29', 1500, '2026-10-29', true)""",
    "planning.fct_cost_forecasts_monthly": """
        (month_start_date, scope, scope_id, days_ahead, actual_usd, forecast_usd, lower_usd, upper_usd, event_usd, decided_savings_usd) values
        ('2026-11-01', 'component', 'ai', 30, 0, 1700, 1500, 2000, 0, 40), ('2026-11-01', 'total', 'total', 30, 0, 9000, 8500, 9500, 0, 60)""",
    "planning.rpt_forecast_scenarios": """
        (scenario, description, month_start_date, month_number, forecast_usd, change_usd, all_months_forecast_usd,
        all_months_change_usd, all_months_all_spend_forecast_usd, all_months_all_spend_change_usd) values
        ('base', 'The forecast itself', '2026-11-01', 1, 1700, 0, 1700, 0, 9000, 0), ('tripled', 'Three times', '2026-11-01', 1, 5100, 3400, 5100, 3400, 12400, 3400)""",
    "planning.rpt_tier_break_evens": "",
    "planning.rpt_token_economics": "",
    "planning.rpt_token_claims": "",
    "planning.rpt_content_costs": "",
    "planning.rpt_stacked_savings": "",
    "planning.rpt_conversion_funnel": "",
    "planning.rpt_model_choices": "",
    "margin.rpt_retention_fits": "",
    "margin.rpt_retention_projections_monthly": "",
    "planning.rpt_budgets": """
        (scope, scope_id, scope_name, period, period_start_date, period_end_date, period_phase, budget_usd, stated_by, gate,
        actual_usd, burn_share, forecast_usd, forecast_basis, lower_usd, upper_usd, overrun_usd, is_forecast_over, missed_in_a_row,
        is_repeatedly_missed, decide_by_date, budget_status) values
        ('total', 'total', 'total', 'month', '2026-11-01', '2026-11-30', 'planned', 1500, 'seed', 'hard stop', 0, 0, 1700,
        'forecast', 1500, 2000, 200, true, 0, false, '2026-11-14', 'heading over budget')""",
    "planning.rpt_investment_returns": """
        (investment_id, investment_name, investment_label, owner_role, is_illustrative, measured_action_id, kind, scenario, method, item, value,
        low_value, high_value, unit, period_unit, status, note, rank_number) values
        ('engine', 'Engine', 'Engine (example)', 'Head of Marketing', true, 'batch-chat', 'measure', 'base', 'npv', '1', 1000, null, null, 'usd', 'year', 'known',
        null, 1),
        ('engine', 'Engine', 'Engine (example)', 'Head of Marketing', true, 'batch-chat', 'tornado', 'base', 'npv', 'sales', 1000, 400, 1200, 'usd', 'year',
        'known', 'Sales', 1)""",
    "planning.rpt_investments": """
        (investment_id, investment_label, owner_role, period_unit, measured_action_id, first_period_benefit_usd, npv_usd, driver_name,
        driver_low_usd) values
        ('engine', 'Engine (example)', 'Head of Marketing', 'year', 'batch-chat', 12, 1000, 'Sales', 400)""",
    "planning.rpt_investment_scenarios": "",
    "planning.fct_investment_flows": """
        (investment_id, investment_label, scenario, period, cost_usd, benefit_usd, cash_flow_usd) values
        ('engine', 'Engine (example)', 'base', 0, 10, 0, -10), ('engine', 'Engine (example)', 'base', 1, 0, 12, 12)""",
    "margin.rpt_customer_margins": """
        (customer_id, customer_name, subscription_tier, has_activity, revenue_usd, cost_to_serve_usd, gross_margin_usd,
        gross_margin_share, is_unprofitable, prior_revenue_usd, prior_cost_to_serve_usd, prior_gross_margin_usd,
        margin_status, uncosted_calls, segment, loss_usd, prior_loss_usd, has_prior_calls) values
        ('cust_0001', 'Acme | Co', 'pro', true, 990, 1200, -210, -210 / 990.0, true, 990, 1000, -10, 'recurring_loss', 0, 'pro', 210,
        10, true),
        ('cust_0002', 'Beta', 'enterprise', true, 2990, 0, 2990, 1, false, 2990, 0, 2990, 'profitable', 0, 'enterprise', 0, 0, false)""",
    "margin.rpt_customer_spend": f"""
        (customer_id, customer_name, subscription_tier, calls, prior_calls, cost_usd, prior_cost_usd, cost_change_usd, known_change_usd,
        change_kind, revenue_usd, gross_margin_usd, is_unprofitable, loss_usd) values
        ('cust_0001', 'Acme | Co', 'pro', 10, 10, 1200, 1000, 200, 200, 'stayed', 990, -210, true, 210),
        ('{HOSTILE_NAME}', '{HOSTILE_NAME}', 'unknown', 10, 0, 300, 0, 300, 300, 'started', null, null, false, 0),
        ('unallocated', 'unallocated', 'unknown', 10, 0, 100, 0, 100, 100, 'started', null, null, false, 0)""",
    "allocation.rpt_spend_breakdown": """
        (dimension, dimension_value, model_provider, model_name, calls, call_share, uncosted_calls, prior_calls, spend_usd,
        prior_spend_usd, spend_change_usd, spend_change_share, spend_share, cost_per_call_usd, spend_rank) values
        ('total', 'total', null, null, 30, 1, 0, 10, 1600, 1000, 600, 0.6, 1, 1600 / 30.0, 1),
        ('model', 'openai gpt-4', 'openai', 'gpt-4', 20, 2 / 3.0, 0, 10, 1300, 1000, 300, 0.3, 0.8125, 65, 1),
        ('model', 'anthropic claude-sonnet-4', 'anthropic', 'claude-sonnet-4', 10, 1 / 3.0, 0, 0, 300, 0, 300, null, 0.1875, 30, 2)""",
    "core.dim_models": """
        (provider, model, is_priced, list_price_recorded_date, last_usage_date) values
        ('openai', 'gpt-4', true, '2024-01-01', '2026-10-31'), ('anthropic', 'claude-sonnet-4', true, '2026-01-01', '2026-10-31')""",
    "seeds.instance_prices": """
        (instance_type, valid_from, valid_to) values ('t3.nano', '2024-01-01', '9999-12-31')""",
    "pricing.rpt_plan_comparison": """
        (plan_id, plan_name, plan_label, plan_kind, is_recommended, is_listed, is_current_plan, comparable_plans,
        gross_margin_change_base_churn_usd) values
        ('flat', 'Flat', 'Flat', 'flat', false, true, true, 1, 0),
        ('tiered', 'Tiered', 'Tiered', 'tiered', true, true, false, 1, 250)""",
    "pricing.rpt_plan_impacts": """
        (plan_id, is_recommended, steep_customers, margin_change_without_steep_usd, margin_change_without_steep_after_savings_usd) values
        ('usage', true, 1, 40, -60)""",
    "pricing.rpt_plan_frontier": """
        (candidate_id, plan_name, offer_name, transition_id, is_listed, is_chosen, is_current_plan, is_best_listed, is_alternative,
        is_best_rise_capped, is_best_sparing, gain_base_usd, gain_worst_usd, gain_base_after_savings_usd,
        gain_worst_after_savings_usd, worst_scenario, worst_scenario_after_savings) values
        ('flat / none', 'Flat', 'Flat', 'none', true, false, true, false, false, false, false, 0, 0, 0, 0, 'departures alone', 'departures alone'),
        ('tiered / none', 'Tiered', 'Tiered, at once for everybody', 'none', true, true, false, true, false, false, false, 250, 100, 240, 90, 'departures alone', 'each customer takes the cheapest tier')""",
    "pricing.rpt_segment_impacts": """
        (plan_id, plan_label, is_recommended, segment_kind, segment, customers, current_revenue_usd, revenue_usd, revenue_change_usd,
        revenue_change_share, revenue_change_share_p50, current_gross_margin_usd, gross_margin_usd,
        gross_margin_base_churn_usd, gross_margin_low_churn_usd, gross_margin_high_churn_usd,
        customers_paying_more, customers_paying_less, current_unprofitable_customers, unprofitable_customers, rise_share,
        gain_usd, gain_low_usd, gain_high_usd, customers_unchanged, active_customers) values
        ('tiered', 'Tiered', true, 'margin_today', 'loses_money', 1, 990, 1400, 410, 410 / 990.0, 410 / 990.0,
        -210, 200, 40, 60, -10, 1, 0, 1, 0, 1, 250, 200, 270, 0, 1)""",
    "rates.rpt_model_switch_savings": """
        (task_type, from_provider, from_model, to_provider, to_model, calls, current_cost_usd, cost_after_usd,
        monthly_savings_usd, monthly_savings_low_usd, monthly_savings_high_usd, kept_low_share, kept_savings_low_usd, kept_base_share,
        kept_savings_base_usd, kept_high_share, kept_savings_high_usd, from_quality_score_avg, to_quality_score_avg, is_recommended,
        work_id, latency_p50_change_ms, latency_p95_change_ms)
        values
        ('chat', 'openai', 'gpt-4', 'anthropic', 'claude-sonnet-4', 20, 200, 50, 150, 100, 170, 0.4, 40, 0.6, 90, 0.8, 136, 0.91, 0.92,
        true, 'switch', 1500, 4000)""",
    "rates.rpt_savings_opportunities": """
        (action_id, action_kind, subject, task_type, provider, model, gross_monthly_savings_usd, overlap_usd,
        net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd, assumption, owner_role,
        confidence, first_step, source_mart, is_illustrative, is_counted, work_id, work_effort) values
        ('switch-chat', 'model_switch', 'chat calls from gpt-4 to claude-sonnet-4', 'chat',
        'anthropic', 'claude-sonnet-4', 150, 30, 120, 80, 140, 'Quality stays within the floor.',
        'Head of Engineering', 'medium', 'Send a tenth of the calls to it',
        'rates.rpt_model_switch_savings', false, true, 'switch', '1 day'),
        ('commitment:offer', 'commitment', 'an hourly commitment', null, 'openai', null, 50, 10, 40,
        30, 45, 'Usage stays.', 'Head of Finance', 'medium', 'Ask for a quote',
        'rates.rpt_commitment_options', true, false, 'offer', '1 day'),
        ('batch-chat', 'batch', 'chat calls that can wait', 'chat', null, null, 2, 0, 2, 1, 3, 'They wait.',
        'Head of Engineering', 'medium', 'List them', 'rates.rpt_batch_savings', false, false, 'batch', '1 day')""",
    "rates.rpt_savings_actions": """
        (work_id, action_kind, subject, tasks, parts, provider, model, gross_monthly_savings_usd, overlap_usd,
        net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd, effort, effort_usd, payback_with_start_months,
        first_year_net_usd, first_year_net_low_usd, pays_from_year, is_recommended_first, value_per_effort, is_illustrative,
        is_counted, action_rank, first_year_rank, is_first_of_its_kind,
        assumption, owner_role, confidence, first_step, kind_works, kind_gross_usd, kind_net_usd, kind_low_usd, kind_high_usd,
        kind_effort_days, kind_effort_usd, kind_first_year_net_usd, kind_further_works, kind_overlap_usd, kind_payback_with_start_months, owner_works, owner_effort_days, owner_effort_usd, owner_last_start_months, is_first_of_its_owner) values
        ('switch', 'model_switch', 'chat calls from gpt-4 to claude-sonnet-4', 'chat', 1, 'anthropic', 'claude-sonnet-4',
        150, 30, 120, 80, 140, '1 day', 600, 5, 720, 280, 1, true, 2.4, false, true, 1, 1, true, 'Quality stays within the floor.',
        'Head of Engineering', 'medium', 'Send a tenth of the calls to it', 1, 150, 120, 80, 140, 1, 600, 720, 0, 30, 5, 1, 1, 600, 1, true),
        ('offer', 'commitment', 'an hourly commitment', null, 1, 'openai', null, 50, 10, 40, 30, 45, '1 day', 700, 17.5,
        -260, -370, 2, false, 0.69, true, false, null, null, false, 'Usage stays.', 'Head of Finance', 'medium', 'Ask for a quote', 1, 50, 40, 30, 45, 1, 700, -260, 0, 10, 17.5, 1, 1, 700, 1, true),
        ('batch', 'batch', 'chat calls that can wait', 'chat', 1, null, null, 2, 0, 2, 1, 3, '1 day', 600, 300, -578, -589, 26, false, 0.04,
        false, false, null, null, false, 'They wait.', 'Head of Engineering', 'medium', 'List them', 1, 2, 2, 1, 3, 1, 600, -578, 0, 0, 300, 1, 1, 600, 1, true)""",
    # 3,980 of fees and 1,600 of cost, 100 of it without a customer; the switch takes 120 off; the plan adds 250.
    "rates.rpt_decision_waterfall": """
        (step_order, step, step_name, scope_type, scope_id, scope_name, revenue_usd, cost_usd, gross_margin_usd,
        gross_margin_share, gross_margin_low_usd, gross_margin_high_usd, change_usd, alone_usd, overlap_usd,
        overlap_with_routing_usd, overlap_with_settings_usd, overlap_with_price_usd, losing_customers, losses_usd, effort_usd,
        months_to_start, first_year_usd, first_year_low_usd, first_year_high_usd, second_year_usd, third_year_usd, third_year_low_usd,
        third_year_high_usd, margin_before_usd, change_before_usd, payback_with_start_months, pays_from_year,
        own_first_year_usd, last_start_months, monthly_churn_rate) values
        (1, 'today', 'Today', 'company', 'company', 'Company', 3980, 1600, 2380, 0.6, 2380, 2380, null, 0, 0, 0, 0, 0, 1, 210, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 2380, 0, null, null, 0, 0, 0.02),
        (2, 'routing', 'After routing: cheaper models', 'company', 'company', 'Company', 3980, 1480, 2500, 0.63, 2460, 2520, 120,
        120, 0, 0, 0, 0, 1, 90, 600, 1, 720, 280, 940, 2160, 3600, 2200, 4300, 2380, 0, 5, 1, 720, 1, 0.02),
        (3, 'settings', 'After settings: batch, caching', 'company', 'company', 'Company', 3980, 1480, 2500, 0.63, 2460, 2520, 0,
        0, 0, 0, 0, 0, 1, 90, 0, 1, 720, 280, 940, 2160, 3600, 2200, 4300, 2500, 120, null, null, 0, 1, 0.02),
        (4, 'price', 'After the price plan', 'company', 'company', 'Company', 4200, 1450, 2750, 0.65, 2560, 2820, 250, 260, 10, 10,
        0, 0, 0, 0, 700, 6, 1520, 180, 2040, 5960, 10400, 4500, 12600, 2500, 120, 2.8, 1, 800, 6, 0.02),
        (5, 'commitments', 'After commitments', 'company', 'company', 'Company', 4200, 1450, 2750, 0.65, 2560, 2820, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 1, 1520, 180, 2040, 5960, 10400, 4500, 12600, 2750, 370, null, null, 0, 1, 0.02)""",
    # Of the 2,600 of all spend 1,000 are beside AI; 300 of them can be saved.
    "rates.rpt_company_result": """
        (step_order, step, step_name, revenue_usd, all_spend_usd, result_usd, result_low_usd, result_high_usd, change_usd, effort_usd,
        effort_so_far_usd, last_start_months, is_shown, beside_ai_usd, first_year_usd, first_year_low_usd, first_year_high_usd) values
        (1, 'today', 'Today', 3980, 2600, 1380, 1380, 1380, 0, 0, 0, 0, true, 1000, 0, 0, 0),
        (2, 'ai_and_price', 'After the AI and price programmes', 4200, 2450, 1750, 1560, 1820, 370, 1300, 1300, 6, true, 1000, 1520, 180, 2040),
        (3, 'infrastructure', 'After machines and storage', 4200, 2150, 2050, 1760, 2120, 300, 400, 1700, 6, true, 1000, 4420, 1980, 4940),
        (4, 'commitments', 'After commitments that are quoted', 4200, 2150, 2050, 1760, 2120, 0, 0, 1700, 6, false, 1000, 4420, 1980, 4940)""",
}
_USAGE_COLUMNS = (
    "(usage_date, customer_id, organization_id, product_id, feature_id, task_type, provider, model, environment, region,"
    " service_tier, calls, failed_calls, calls_without_usage, unpriced_calls, uncosted_calls,"
    " unpriced_billed_cost_usd, input_tokens, cached_input_tokens, output_tokens, list_cost_usd, effective_cost_usd, billed_cost_usd, latency_ms_sum, quality_scored_calls,"
    " quality_score_sum)"
)


def usage_row(
    day: str, customer: str, model: str, cost: str, calls: int = 10, *, unpriced: bool = False
) -> str:
    """One row of core.fct_usage_daily as SQL; list, effective and billed cost are the same."""
    provider = "openai" if model.startswith("gpt") else "anthropic"
    quoted = customer.replace("'", "''")
    return (
        f"(date '{day}', '{quoted}', 'org_001', 'assistant', 'chat', 'chat', '{provider}', "
        f"'{model}', 'production', 'eu', 'standard', {calls}, 0, 0, "
        f"{calls if unpriced else 0}, {calls if cost == 'null' else 0}, {cost if unpriced else 0}, "
        f"1000, 0, 500, {cost}, {cost}, {cost}, 8000, 0, 0)"
    )


# This period: 1,200 + 300 + 100 = 1,600 dollars; the one before: 1,000.
DEFAULT_ROWS = [
    usage_row("2026-10-31", "cust_0001", "gpt-4", "1200.00"),
    usage_row("2026-10-02", HOSTILE_NAME, "claude-sonnet-4", "300.00"),
    usage_row("2026-10-15", "unallocated", "gpt-4", "100.00"),
    usage_row("2026-10-01", "cust_0001", "gpt-4", "1000.00"),
    usage_row("2026-09-01", "cust_0001", "gpt-4", "7.00"),
]


def columns_of(table: str) -> dict[str, str]:
    """Names and types of the columns of ``<schema>.<name>``: a mart by its contract, a seed by its column types.

    Raises KeyError where a column of a mart has no type, FileNotFoundError for a table that does not exist.
    """
    schema, name = table.split(".")
    if schema == "seeds":
        seed = yaml.safe_load((PROJECT / "seeds" / f"{name}.yml").read_text())["seeds"][0]
        return dict(seed["config"]["column_types"])
    mart = yaml.safe_load((PROJECT / "models" / schema / f"{name}.yml").read_text())["models"][0]
    return {column["name"]: column["data_type"] for column in mart["columns"]}


def build_warehouse(path: Path, rows: list[str] | None = None, *, savings: bool = True) -> Path:
    """Write the fixture warehouse with these usage rows and one saving of 120 dollars."""
    stated = _ROWS | {_USAGE: f"{_USAGE_COLUMNS} values {', '.join(rows or DEFAULT_ROWS)}"}
    with duckdb.connect(str(path)) as connection:
        connection.execute(_PERIODS)
        for table, stated_rows in stated.items():
            columns = ", ".join(f"{name} {kind}" for name, kind in columns_of(table).items())
            connection.execute(f"create schema if not exists {table.split('.')[0]}")
            connection.execute(f"create table {table} ({columns})")
            if stated_rows:
                # Fails on a column that no contract has.
                connection.execute(f"insert into {table} {stated_rows}")
        if not savings:
            connection.execute("delete from rates.rpt_savings_opportunities")
            connection.execute("delete from rates.rpt_savings_actions")
    return path
