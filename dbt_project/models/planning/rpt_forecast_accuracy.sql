{# one row per scope x method x horizon (days 1-7, 8-14, 15-21, 22-30, all days, and the 30 days in sum): what the method would have said, held against what came #}

with forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

sums as (

    select * from {{ ref('int_forecast_sums') }}

),

methods as (

    select * from {{ ref('int_forecast_methods') }}

),

intervals as (

    select * from {{ ref('int_forecast_intervals') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

outcomes as (

    select
        forecasts.scope,
        forecasts.scope_id,
        forecasts.forecast_method,
        case forecasts.horizon_week when 1 then 'days 1-7' when 2 then 'days 8-14' when 3 then 'days 15-21' else 'days 22-30' end as horizon,
        forecasts.origin_date,
        forecasts.forecast_usd,
        forecasts.actual_usd,
        case
            when intervals.lower_ratio is null then null
            when {{ is_within('forecasts.actual_usd', 'forecasts.forecast_usd * intervals.lower_ratio', 'forecasts.forecast_usd * intervals.upper_ratio') }} then 1
            else 0
        end as is_in_interval,
        case
            when intervals.lower_95_ratio is null then null
            when {{ is_within('forecasts.actual_usd', 'forecasts.forecast_usd * intervals.lower_95_ratio', 'forecasts.forecast_usd * intervals.upper_95_ratio') }} then 1
            else 0
        end as is_in_interval_95
    from forecasts
    left join intervals
        on
            forecasts.scope = intervals.scope
            and forecasts.scope_id = intervals.scope_id
            and forecasts.forecast_method = intervals.forecast_method
            and forecasts.origin_date = intervals.origin_date
    where forecasts.actual_usd is not null

),

by_horizon as (

    select scope, scope_id, forecast_method, horizon, origin_date, forecast_usd, actual_usd, is_in_interval, is_in_interval_95
    from outcomes
    union all
    select scope, scope_id, forecast_method, 'all days' as horizon, origin_date, forecast_usd, actual_usd, is_in_interval, is_in_interval_95
    from outcomes
    union all
    {# What is misjudged on one day and the other way on the next is right in the sum, which is what a page forecasts. #}
    select
        scope,
        scope_id,
        forecast_method,
        '30-day total' as horizon,
        origin_date,
        forecast_usd,
        actual_usd,
        case when is_within_range then 1 when not is_within_range then 0 end as is_in_interval,
        null as is_in_interval_95
    from sums
    where actual_usd is not null

),

scored as (

    select
        scope,
        scope_id,
        forecast_method,
        horizon,
        cast(count(distinct origin_date) as bigint) as origins,
        cast(count(*) as bigint) as scored_days,
        min(origin_date) as first_origin_date,
        max(origin_date) as last_origin_date,
        {{ ratio(stable_sum('abs(forecast_usd - actual_usd)'), stable_sum('actual_usd')) }} as wape,
        {{ ratio(stable_sum('forecast_usd - actual_usd'), stable_sum('actual_usd')) }} as bias_share,
        cast(count(is_in_interval) as bigint) as interval_days,
        case
            when horizon = '30-day total' and count(is_in_interval) > 0
                then cast(floor({{ days_between(
                    'min(origin_date) filter (where is_in_interval is not null)', 'max(origin_date) filter (where is_in_interval is not null)'
                ) }} / cast(30 as double)) + 1 as integer)
            when horizon = '30-day total' then 0
        end as interval_independent_sums,
        {{ stable_avg('cast(is_in_interval as double)') }} as interval_coverage_share,
        {{ stable_avg('cast(is_in_interval_95 as double)') }} as interval_95_coverage_share
    from by_horizon
    group by scope, scope_id, forecast_method, horizon

),

compared as (

    select
        scored.scope,
        scored.scope_id,
        scored.forecast_method,
        scored.horizon,
        methods.is_used,
        scored.origins,
        scored.scored_days,
        scored.first_origin_date,
        scored.last_origin_date,
        scored.wape,
        scored.bias_share,
        1 - {{ ratio(
            'scored.wape',
            "max(case when scored.forecast_method = 'seasonal_naive' then scored.wape end) over (partition by scored.scope, scored.scope_id, scored.horizon)"
        ) }} as skill_share,
        scored.interval_days,
        scored.interval_independent_sums,
        scored.interval_coverage_share,
        scored.interval_95_coverage_share,
        cast(0.8 as double) as interval_target_share,
        max(case when scored.horizon = '30-day total' then scored.wape end) over (
            partition by scored.scope, scored.scope_id, scored.forecast_method
        ) as total_wape,
        max(case when scored.horizon = '30-day total' then scored.interval_coverage_share end) over (
            partition by scored.scope, scored.scope_id, scored.forecast_method
        ) as total_coverage_share,
        max(case when scored.horizon = '30-day total' then scored.interval_independent_sums end) over (
            partition by scored.scope, scored.scope_id, scored.forecast_method
        ) as total_independent_sums,
        max(case when scored.horizon = '30-day total' and scored.forecast_method = 'seasonal_naive' then scored.wape end) over (
            partition by scored.scope, scored.scope_id
        ) as naive_total_wape
    from scored
    inner join methods
        on
            scored.scope = methods.scope
            and scored.scope_id = methods.scope_id
            and scored.forecast_method = methods.forecast_method

),

final as (

    select
        compared.scope,
        compared.scope_id,
        coalesce(owners.owner_name, compared.scope_id) as scope_name,
        compared.forecast_method,
        compared.horizon,
        compared.is_used,
        compared.origins,
        compared.scored_days,
        compared.first_origin_date,
        compared.last_origin_date,
        compared.wape,
        compared.bias_share,
        case when compared.bias_share < 0 then 'low' when compared.bias_share >= 0 then 'high' end as bias_direction,
        compared.skill_share,
        compared.interval_days,
        compared.interval_independent_sums,
        compared.interval_coverage_share,
        compared.interval_95_coverage_share,
        compared.interval_target_share,
        compared.total_wape,
        compared.total_coverage_share,
        compared.total_independent_sums,
        compared.naive_total_wape,
        case
            when not compared.is_used then 'not used'
            when compared.forecast_method = 'seasonal_naive' then 'repeating last week is the best method'
            when compared.total_wape < compared.naive_total_wape then 'better than repeating last week'
            else 'no better than repeating last week'
        end as verdict
    from compared
    left join owners on compared.scope = owners.owner_type and compared.scope_id = owners.owner_id and owners.is_latest

)

select * from final
