{# one row per measure x subject x period: what the rules of the seed alert_rules judge, with the facts that the words of an alert need #}

with projected as (

    select * from {{ ref('int_budgets_projected') }}

),

anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

series_anomalies as (

    select * from {{ ref('fct_series_anomalies') }}

),

levels as (

    select * from {{ ref('int_customer_cost_levels') }}

),

margins as (

    select * from {{ ref('int_customer_margins') }}

),

risks as (

    select * from {{ ref('rpt_portfolio_risk') }}

),

coverage as (

    select * from {{ ref('rpt_commitment_coverage') }}

),

expiries as (

    select * from {{ ref('rpt_commitment_expiries') }}

),

service_levels as (

    select * from {{ ref('rpt_service_levels') }}

),

outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}
    where is_recommended

),

tracked as (

    select * from {{ ref('rpt_savings_tracked') }}

),

as_of as (

    select
        as_of_date,
        cast(date_trunc('month', as_of_date) as date) as month_start_date,
        {{ days_between('window_start_date', 'as_of_date') }} + 1 as window_days
    from {{ ref('int_as_of_date') }}

),

{# Budgets of a month that is over, and of one beyond the forecast, alarm nobody. Two periods may begin on one day. #}
budgets as (

    select
        projected.*,
        {{ days_between('as_of.as_of_date', 'projected.period_end_date') }} as days_remaining,
        {{ money_of_double('cast(projected.actual_usd as double) + projected.cost_ahead') }} as projected_cost_usd,
        projected.scope as subject_type,
        case projected.period when 'month' then projected.scope_id else projected.scope_id || ' ' || projected.period end as subject_id,
        case projected.scope when 'total' then 'All spend' else projected.scope_name end as subject_name,
        'share' as unit,
        cast(null as double) as prior_value,
        'planning.rpt_budgets' as source_mart,
        {{ json_record({
            'scope': 'projected.scope', 'scope_id': 'projected.scope_id', 'period': 'projected.period',
            'period_start_date': 'cast(projected.period_start_date as string)'
        }) }} as source_keys
    from projected
    cross join as_of
    where projected.period_end_date >= as_of.as_of_date and projected.period_start_date <= as_of.as_of_date + 30 and projected.budget_usd > 0

),

budget_used as (

    select
        *,
        'budget_used' as measure,
        {{ ratio('actual_usd', 'budget_usd') }} as value,
        actual_usd as amount_usd,
        {{ money('greatest(actual_usd - budget_usd, 0)') }} as money_at_risk_usd,
        {{ json_record({
            'actual_cost_usd': 'actual_usd', 'budget_usd': money('budget_usd'), 'days_remaining': 'days_remaining', 'period': 'period'
        }) }} as facts
    from budgets
    where period_phase <> 'planned'

),

{# A budget that is already used up needs no forecast. #}
budget_projected as (

    select
        *,
        'budget_projected' as measure,
        {{ ratio('projected_cost_usd', 'budget_usd') }} as value,
        {{ money('projected_cost_usd - budget_usd') }} as amount_usd,
        {{ money('greatest(projected_cost_usd - budget_usd, 0)') }} as money_at_risk_usd,
        {{ json_record({
            'projected_cost_usd': 'projected_cost_usd', 'budget_usd': money('budget_usd'),
            'method': "case when forecast_days > 0 then 'forecast' else 'daily rate' end", 'period': 'period'
        }) }} as facts
    from budgets
    where period_phase <> 'ended' and actual_usd < budget_usd

),

{# The cause that is named is that of the day that cost most beyond the expected. #}
episodes as (

    select
        customer_id,
        episode_start_date,
        max(customer_name) as customer_name,
        max(usage_date) as last_date,
        count(*) as abnormal_days,
        {{ money('sum(expected_cost_usd)') }} as expected_cost_usd,
        {{ money('sum(observed_cost_usd)') }} as observed_cost_usd,
        {{ money('sum(excess_cost_usd)') }} as excess_cost_usd,
        max_by(cause_feature_id, {{ in_order('excess_cost_usd', 'usage_date') }}) as cause_feature_id,
        max_by(cause_model, {{ in_order('excess_cost_usd', 'usage_date') }}) as cause_model
    from anomalies
    group by customer_id, episode_start_date

),

excess_cost as (

    select
        'excess_cost' as measure,
        'customer' as subject_type,
        episodes.customer_id as subject_id,
        episodes.customer_name as subject_name,
        episodes.episode_start_date as period_start_date,
        episodes.last_date as period_end_date,
        'USD' as unit,
        cast(episodes.excess_cost_usd as double) as value,
        cast(null as double) as prior_value,
        episodes.excess_cost_usd as amount_usd,
        episodes.excess_cost_usd as money_at_risk_usd,
        {{ json_record({
            'abnormal_days': 'episodes.abnormal_days', 'observed_cost_usd': 'episodes.observed_cost_usd', 'expected_cost_usd': 'episodes.expected_cost_usd',
            'cause_feature_id': 'episodes.cause_feature_id', 'cause_model': 'episodes.cause_model'
        }) }} as facts,
        'anomalies.fct_cost_anomalies' as source_mart,
        {{ json_record({'episode_start_date': 'cast(episodes.episode_start_date as string)', 'customer_id': 'episodes.customer_id'}) }} as source_keys
    from episodes
    cross join as_of
    where
        episodes.last_date > as_of.as_of_date - cast({{ assumption('alert_anomaly_days') }} as integer)
        and episodes.episode_start_date <= as_of.as_of_date

),

{# An incident is told with the series that explains it. What a customer caused is told of that customer above. Hours count where
   no whole day is known to be unusual. #}
incidents as (

    select
        incident_id,
        cause_scope as subject_type,
        cause_scope_id as subject_id,
        direction,
        incident_start_date as period_start_date,
        incident_end_date as period_end_date,
        max(case when is_without_records then 1 else 0 end) as is_without_records,
        {{ money('coalesce(sum(observed_cost_usd) filter (where hour_of_day is null), sum(observed_cost_usd))') }} as observed_cost_usd,
        {{ money('coalesce(sum(expected_cost_usd) filter (where hour_of_day is null), sum(expected_cost_usd))') }} as expected_cost_usd
    from series_anomalies
    where scope = cause_scope and scope_id = cause_scope_id and cause_scope <> 'customer'
    group by incident_id, cause_scope, cause_scope_id, direction, incident_start_date, incident_end_date

),

recent_incidents as (

    select
        incidents.*,
        case incidents.subject_type when 'total' then 'All spend' else incidents.subject_id end as subject_name,
        'USD' as unit,
        cast(null as double) as prior_value,
        {{ json_record({'observed_cost_usd': 'incidents.observed_cost_usd', 'expected_cost_usd': 'incidents.expected_cost_usd'}) }} as facts,
        'anomalies.fct_series_anomalies' as source_mart,
        {{ json_record({'incident_id': 'incidents.incident_id'}) }} as source_keys
    from incidents
    cross join as_of
    where
        incidents.period_end_date > as_of.as_of_date - cast({{ assumption('alert_anomaly_days') }} as integer)
        and incidents.period_start_date <= as_of.as_of_date

),

series_excess_cost as (

    select
        *,
        'series_excess_cost' as measure,
        cast(observed_cost_usd - expected_cost_usd as double) as value,
        {{ money('observed_cost_usd - expected_cost_usd') }} as amount_usd,
        {{ money('observed_cost_usd - expected_cost_usd') }} as money_at_risk_usd
    from recent_incidents
    where direction = 'rise'

),

{# What is not recorded is not lost, it is not known: no money is at risk. #}
unrecorded_cost as (

    select
        *,
        'unrecorded_cost' as measure,
        cast(expected_cost_usd - observed_cost_usd as double) as value,
        {{ money('expected_cost_usd - observed_cost_usd') }} as amount_usd,
        {{ money('null') }} as money_at_risk_usd
    from recent_incidents
    where is_without_records = 1

),

customer_levels as (

    select
        levels.*,
        as_of.window_days,
        'customer' as subject_type,
        levels.customer_id as subject_id,
        levels.customer_name as subject_name,
        as_of.month_start_date as period_start_date,
        last_day(as_of.as_of_date) as period_end_date,
        cast(null as double) as prior_value,
        levels.cost_usd as amount_usd,
        {{ money('greatest(levels.cost_usd - levels.revenue_usd, 0)') }} as money_at_risk_usd,
        'intermediate.int_customer_cost_levels' as source_mart,
        {{ json_record({'customer_id': 'levels.customer_id'}) }} as source_keys
    from levels
    cross join as_of

),

cost_share_of_revenue as (

    select
        *,
        'cost_share_of_revenue' as measure,
        'share' as unit,
        cost_share_of_revenue as value,
        {{ json_record({
            'cost_usd': 'cost_usd', 'revenue_usd': 'revenue_usd', 'window_days': 'window_days',
            'projected_month_cost_usd': 'projected_month_cost_usd', 'days_remaining': 'days_remaining'
        }) }} as facts
    from customer_levels

),

{# Growth is no fault of its own: it counts for who has a past to grow from and lately costs too much of its fees. #}
tier_outgrown as (

    select
        customer_levels.*,
        'tier_outgrown' as measure,
        'times' as unit,
        customer_levels.growth_ratio as value,
        {{ json_record({
            'recent_cost_per_day_usd': 'customer_levels.recent_cost_per_day_usd', 'earlier_cost_per_day_usd': 'customer_levels.earlier_cost_per_day_usd',
            'recent_cost_share_of_revenue': 'customer_levels.recent_cost_share_of_revenue'
        }) }} as facts
    from customer_levels
    where
        customer_levels.earlier_days >= {{ assumption('anomaly_min_history_days') }}
        and customer_levels.recent_cost_share_of_revenue >= {{ assumption('cost_share_of_revenue_limit') }}

),

{# An organization of one customer is that customer, of whom the rules for customers speak, unless it pays nothing: no share of revenue
   is too high then. Nobody at all has no margin. #}
margin_sums as (

    select
        case
            when grouping(customer_id) = 0 then 'customer'
            when grouping(organization_id) = 0 then 'organization'
            else 'portfolio'
        end as subject_type,
        customer_id,
        organization_id,
        max(customer_name) as customer_name,
        {{ money('sum(revenue_usd) filter (where gross_margin_usd is not null)') }} as revenue_usd,
        {{ money('sum(cost_to_serve_usd) filter (where gross_margin_usd is not null)') }} as cost_usd,
        {{ ratio('sum(gross_margin_usd)', 'sum(revenue_usd) filter (where gross_margin_usd is not null)') }} as margin_share,
        {{ ratio('sum(prior_gross_margin_usd)', 'sum(prior_revenue_usd) filter (where prior_gross_margin_usd is not null)') }} as prior_margin_share
    from margins
    where has_activity
    group by grouping sets ((customer_id), (organization_id), ())
    having count(*) > 0 and (grouping(organization_id) = 1 or count(*) > 1 or sum(revenue_usd) = 0)

),

margin_share as (

    select
        'margin_share' as measure,
        margin_sums.subject_type,
        coalesce(margin_sums.customer_id, margin_sums.organization_id, 'portfolio') as subject_id,
        case margin_sums.subject_type when 'customer' then margin_sums.customer_name when 'portfolio' then 'All customers' end as subject_name,
        as_of.month_start_date as period_start_date,
        last_day(as_of.as_of_date) as period_end_date,
        'share' as unit,
        margin_sums.margin_share as value,
        margin_sums.prior_margin_share as prior_value,
        {{ money('margin_sums.revenue_usd - margin_sums.cost_usd') }} as amount_usd,
        {{ money('greatest(margin_sums.cost_usd - margin_sums.revenue_usd, 0)') }} as money_at_risk_usd,
        {{ json_record({'revenue_usd': 'margin_sums.revenue_usd', 'cost_usd': 'margin_sums.cost_usd', 'window_days': 'as_of.window_days'}) }} as facts,
        'margin.rpt_customer_margins' as source_mart,
        {{ json_record({'customer_id': 'margin_sums.customer_id', 'organization_id': 'margin_sums.organization_id'}) }} as source_keys
    from margin_sums
    cross join as_of

),

at_risk as (

    select
        'portfolio' as subject_type,
        risks.measure as subject_id,
        case risks.measure when 'revenue' then 'Revenue at risk' else 'Spend at risk' end as subject_name,
        as_of.month_start_date as period_start_date,
        last_day(as_of.as_of_date) as period_end_date,
        'share' as unit,
        risks.at_risk_share as value,
        risks.prior_at_risk_share as prior_value,
        risks.at_risk_usd as amount_usd,
        {# What these customers lose is at risk with each of them. #}
        {{ money('null') }} as money_at_risk_usd,
        {{ json_record({
            'total_usd': 'risks.total_usd', 'customers_at_risk': 'risks.customers_at_risk', 'trend': 'risks.trend', 'window_days': 'as_of.window_days'
        }) }} as facts,
        'anomalies.rpt_portfolio_risk' as source_mart,
        {{ json_record({'measure': 'risks.measure'}) }} as source_keys
    from risks
    cross join as_of

),

revenue_at_risk as (

    select
        *,
        'revenue_at_risk' as measure
    from at_risk
    where subject_id = 'revenue'

),

spend_at_risk as (

    select
        *,
        'spend_at_risk' as measure
    from at_risk
    where subject_id = 'spend'

),

{# Of the month that the as-of date is in. A provider whose usage could be covered is below its target where nothing is committed, too. #}
commitments as (

    select
        coverage.*,
        {{ days_between('coverage.month_start_date', 'as_of.as_of_date') }} + 1 as days_so_far,
        case when coverage.is_total then 'provider' else 'commitment' end as subject_type,
        case when coverage.is_total then coverage.provider_name else coverage.commitment_id end as subject_id,
        case when coverage.is_total then coverage.provider_name else coalesce(coverage.commitment_name, coverage.commitment_id) end as subject_name,
        coverage.month_start_date as period_start_date,
        last_day(coverage.month_start_date) as period_end_date,
        'share' as unit,
        cast(null as double) as prior_value,
        'rates.rpt_commitment_coverage' as source_mart,
        {{ json_record({
            'month_start_date': 'cast(coverage.month_start_date as string)', 'provider_name': 'coverage.provider_name', 'commitment_id': 'coverage.commitment_id'
        }) }} as source_keys,
        {{ json_record({
            'used_cost_usd': 'coverage.used_cost_usd', 'unused_cost_usd': 'coverage.unused_cost_usd', 'covered_usd': 'coverage.covered_usd',
            'eligible_usd': 'coverage.eligible_usd', 'team_id': 'coverage.team_id'
        }) }} as facts
    from coverage
    inner join as_of on coverage.month_start_date = as_of.month_start_date
    where coverage.used_cost_usd + coverage.unused_cost_usd > 0 or (coverage.is_total and coverage.eligible_usd > 0)

),

commitment_utilization as (

    select
        *,
        'commitment_utilization' as measure,
        utilization_share as value,
        unused_cost_usd as amount_usd,
        unused_cost_usd as money_at_risk_usd
    from commitments
    where not is_total

),

advised as (

    select distinct provider from outcomes

),

{# Nobody is told to cover what the advice leaves on demand: some offer of the provider must pay by itself. #}
commitment_coverage as (

    select
        commitments.*,
        'commitment_coverage' as measure,
        commitments.coverage_share as value,
        {{ money('commitments.eligible_usd - commitments.covered_usd') }} as amount_usd,
        {{ money('null') }} as money_at_risk_usd
    from commitments
    inner join advised on commitments.provider_name = advised.provider
    where commitments.is_total

),

{# A term is told of once: its last day is the period. #}
commitment_days_left as (

    select
        'commitment_days_left' as measure,
        'commitment' as subject_type,
        commitment_id as subject_id,
        commitment_name as subject_name,
        ends_on as period_start_date,
        ends_on as period_end_date,
        'days' as unit,
        cast(days_left as double) as value,
        cast(null as double) as prior_value,
        savings_usd as amount_usd,
        {{ money('greatest(savings_usd, 0)') }} as money_at_risk_usd,
        {{ json_record({
            'ends_on': 'cast(ends_on as string)', 'utilization_share': 'utilization_share',
            'renewal': "case when is_renewed_automatically then 'renews by itself' else 'is paid on demand after that' end"
        }) }} as facts,
        'rates.rpt_commitment_expiries' as source_mart,
        {{ json_record({'provider_name': 'provider_name', 'commitment_id': 'commitment_id'}) }} as source_keys
    from expiries
    where days_left >= 0

),

{# What a slow or missing answer costs nobody knows. #}
promises as (

    select
        service_levels.*,
        'task' as subject_type,
        service_levels.task_type as subject_id,
        replace(service_levels.task_type, '_', ' ') as subject_name,
        as_of.month_start_date as period_start_date,
        last_day(as_of.as_of_date) as period_end_date,
        cast(null as double) as prior_value,
        {{ money('null') }} as amount_usd,
        {{ money('null') }} as money_at_risk_usd,
        'efficiency.rpt_service_levels' as source_mart,
        {{ json_record({'task_type': 'service_levels.task_type'}) }} as source_keys,
        as_of.window_days
    from service_levels
    inner join as_of on as_of.as_of_date is not null

),

promised_latency as (

    select
        *,
        'promised_latency' as measure,
        'times' as unit,
        {{ ratio('latency_p95_ms', 'latency_p95_target_ms') }} as value,
        {{ json_record({
            'latency_p95_ms': 'latency_p95_ms', 'latency_p95_target_ms': 'latency_p95_target_ms', 'latency_measured_calls': 'latency_measured_calls', 'window_days': 'window_days'
        }) }} as facts
    from promises
    where latency_p95_target_ms is not null

),

promised_answers as (

    select
        *,
        'promised_answers' as measure,
        'share' as unit,
        answered_share - answered_share_target as value,
        {{ json_record({
            'answered_share': 'answered_share', 'answered_share_target': 'answered_share_target', 'calls': 'calls', 'window_days': 'window_days'
        }) }} as facts
    from promises
    where answered_share_target is not null

),

{# A decision is told of once: the day from which on it was to hold is the period. #}
saving_missed as (

    select
        'saving_missed' as measure,
        'saving' as subject_type,
        tracking_id as subject_id,
        subject as subject_name,
        accepted_date as period_start_date,
        accepted_date as period_end_date,
        'USD' as unit,
        cast(missed_savings_usd as double) as value,
        cast(null as double) as prior_value,
        missed_savings_usd as amount_usd,
        missed_savings_usd as money_at_risk_usd,
        {{ json_record({
            'action_kind': "replace(action_kind, '_', ' ')", 'accepted_date': 'cast(accepted_date as string)', 'predicted_monthly_savings_usd': 'predicted_monthly_savings_usd',
            'owner_role': 'owner_role', 'team_id': 'team_id', 'moved_share': 'decision_moved_share'
        }) }} as facts,
        'rates.rpt_savings_tracked' as source_mart,
        {{ json_record({'tracking_id': 'tracking_id'}) }} as source_keys
    from tracked
    where is_last_month and verdict = 'not carried out'

),

{% set measures = [
    'budget_used', 'budget_projected', 'excess_cost', 'series_excess_cost', 'unrecorded_cost', 'cost_share_of_revenue', 'tier_outgrown', 'margin_share',
    'revenue_at_risk', 'spend_at_risk', 'commitment_utilization', 'commitment_coverage', 'commitment_days_left',
    'promised_latency', 'promised_answers', 'saving_missed'
] %}

{# A new measure is one select above and its name in this list. #}
united as (

    {% for measured in measures %}
    select
        measure,
        subject_type,
        subject_id,
        coalesce(subject_name, subject_id) as subject_name,
        period_start_date,
        period_end_date,
        unit,
        value,
        prior_value,
        amount_usd,
        facts,
        source_mart,
        source_keys,
        money_at_risk_usd
    from {{ measured }}
    {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from united
