{# one row per scope (total, component, provider, team, model, pool; what else has a budget), and per kind of part what the total has beyond them: the cost of the 30 days after
   the as-of date beside that of the 30 days up to it #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

forecasts_daily as (

    select * from {{ ref('fct_cost_forecasts_daily') }}

),

sums as (

    select * from {{ ref('int_forecast_sums') }}

),

accuracy as (

    select
        scope, scope_id,
        max(case when horizon = '30-day total' then wape end) as wape,
        max(case when horizon = 'all days' then interval_coverage_share end) as days_within_range_share,
        max(case when horizon = '30-day total' then interval_coverage_share end) as sums_within_range_share,
        max(case when horizon = '30-day total' then interval_days end) as tested_sums,
        max(interval_independent_sums) as independent_tested_sums
    from {{ ref('rpt_forecast_accuracy') }}
    where is_used
    group by scope, scope_id

),

customers as (

    select * from {{ ref('dim_customers') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

next_30_days as (

    select
        scope, scope_id,
        max(forecast_method) as forecast_method,
        max(history_days) as history_days,
        min(forecast_date) as first_forecast_date,
        max(forecast_date) as last_forecast_date,
        case when count(forecast_usd) = count(*) then {{ money('sum(forecast_usd)') }} end as forecast_usd,
        case when count(forecast_usd) = count(*) then {{ money('sum(event_usd)') }} end as event_usd,
        case when count(forecast_usd) = count(*) then {{ money('sum(calendar_usd)') }} end as calendar_usd
    from forecasts_daily
    group by scope, scope_id

),

last_30_days as (

    select
        costs.scope, costs.scope_id,
        {{ money('sum(costs.cost_usd)') }} as trailing_cost_usd,
        {{ money('sum(costs.cost_usd - costs.even_cost_usd)') }} as trailing_calendar_usd,
        cast(count(case when costs.has_unknown_cost then 1 end) as integer) as unknown_cost_days
    from costs
    inner join as_of on costs.usage_date between as_of.window_start_date and as_of.as_of_date
    group by costs.scope, costs.scope_id

),

outlooks as (

    select
        next_30_days.scope, next_30_days.scope_id,
        case
            when next_30_days.scope = 'total' then 'all spend'
            when next_30_days.scope = 'component' and next_30_days.scope_id = 'ai' then 'component AI'
            when next_30_days.scope_id = 'unallocated' then 'no ' || replace(next_30_days.scope, '_', ' ')
            when next_30_days.scope_id = '(all others)' then 'all other ' || replace(next_30_days.scope, '_', ' ') || 's'
            else replace(next_30_days.scope, '_', ' ') || ' ' || coalesce(customers.customer_name, owners.owner_name, next_30_days.scope_id)
        end as scope_label,
        false as is_rest,
        next_30_days.first_forecast_date, next_30_days.last_forecast_date, next_30_days.forecast_usd, next_30_days.event_usd,
        {{ money(decimal_of_double('next_30_days.forecast_usd / sums.band_ratio', 'decimal(28, 6)')) }} as lower_usd,
        {{ money(decimal_of_double('next_30_days.forecast_usd * sums.band_ratio', 'decimal(28, 6)')) }} as upper_usd,
        last_30_days.trailing_cost_usd,
        {# What months of other lengths, and days on which bills fall, change of bills that stay as they are. #}
        {{ money('next_30_days.calendar_usd - coalesce(last_30_days.trailing_calendar_usd, 0)') }} as calendar_usd,
        {# Against fewer than 30 days of data, 30 days to come would look like growth. What days were rounded by is no change. #}
        case
            when as_of.first_usage_date <= as_of.window_start_date
                then round(next_30_days.forecast_usd - last_30_days.trailing_cost_usd - next_30_days.calendar_usd + last_30_days.trailing_calendar_usd, 4)
        end as change_usd,
        next_30_days.forecast_method, next_30_days.history_days,
        coalesce(sums.known_sums, 0) as interval_origins,
        coalesce(sums.independent_sums, 0) as independent_sums,
        accuracy.wape,
        accuracy.days_within_range_share,
        accuracy.sums_within_range_share,
        coalesce(accuracy.tested_sums, 0) as tested_sums,
        coalesce(accuracy.independent_tested_sums, 0) as independent_tested_sums,
        coalesce(last_30_days.unknown_cost_days, 0) as unknown_cost_days
    from next_30_days
    cross join as_of
    left join last_30_days on next_30_days.scope = last_30_days.scope and next_30_days.scope_id = last_30_days.scope_id
    left join sums
        on
            next_30_days.scope = sums.scope and next_30_days.scope_id = sums.scope_id
            and next_30_days.forecast_method = sums.forecast_method and as_of.as_of_date = sums.origin_date
    left join accuracy on next_30_days.scope = accuracy.scope and next_30_days.scope_id = accuracy.scope_id
    left join customers on case when next_30_days.scope = 'customer' then next_30_days.scope_id end = customers.customer_id
    left join owners on next_30_days.scope = owners.owner_type and next_30_days.scope_id = owners.owner_id and owners.is_latest

),

{# Parts are fitted to the total where all of them are forecast; where one is too young for that, the others stay as they are, and the rest holds it. #}
rests as (

    select
        parts.scope, 'rest: all spend less the ' || parts.scope || 's' as scope_id,
        'rest: all spend less the ' || parts.scope || 's' as scope_label,
        true as is_rest,
        max(total.first_forecast_date) as first_forecast_date,
        max(total.last_forecast_date) as last_forecast_date,
        max(total.forecast_usd) - sum(parts.forecast_usd) as forecast_usd,
        max(total.event_usd) - sum(parts.event_usd) as event_usd,
        {{ money('null') }} as lower_usd,
        {{ money('null') }} as upper_usd,
        max(total.trailing_cost_usd) - sum(case when parts.forecast_usd is not null then parts.trailing_cost_usd end) as trailing_cost_usd,
        max(total.calendar_usd) - sum(case when parts.forecast_usd is not null then parts.calendar_usd end) as calendar_usd,
        {{ money('null') }} as change_usd,
        cast(null as string) as forecast_method,
        max(total.history_days) as history_days,
        0 as interval_origins, 0 as independent_sums,
        cast(null as double) as wape, cast(null as double) as days_within_range_share, cast(null as double) as sums_within_range_share,
        0 as tested_sums, 0 as independent_tested_sums, 0 as unknown_cost_days
    from outlooks as parts
    inner join outlooks as total on total.scope = 'total'
    where parts.scope <> 'total' and parts.scope in {{ company_scopes() }}
    group by parts.scope
    having sum(parts.forecast_usd) <> max(total.forecast_usd)

),

stacked as (
    {% set columns = [
        'scope', 'scope_id', 'scope_label', 'is_rest', 'first_forecast_date', 'last_forecast_date', 'forecast_usd', 'event_usd', 'lower_usd', 'upper_usd',
        'trailing_cost_usd', 'calendar_usd', 'change_usd', 'forecast_method', 'history_days', 'interval_origins', 'independent_sums', 'wape', 'days_within_range_share',
        'sums_within_range_share', 'tested_sums', 'independent_tested_sums', 'unknown_cost_days'
    ] | join(', ') %}
    select {{ columns }} from outlooks
    union all
    select {{ columns }} from rests

),

final as (

    select
        scope, scope_id, scope_label, is_rest, first_forecast_date, last_forecast_date,
        {{ money('forecast_usd') }} as forecast_usd,
        {{ money('event_usd') }} as event_usd,
        lower_usd, upper_usd,
        {{ money('trailing_cost_usd') }} as trailing_cost_usd,
        {{ money('calendar_usd') }} as calendar_usd,
        {{ money('change_usd') }} as change_usd,
        {{ ratio('change_usd', 'trailing_cost_usd') }} as change_share,
        forecast_method,
        history_days,
        cast(interval_origins as bigint) as interval_origins,
        independent_sums,
        case
            when is_rest then 'holds what is too young for a forecast'
            when history_days = 0 then 'no cost of it is known'
            when forecast_usd is null then 'too little history for a forecast'
            when lower_usd is null then 'too little history for a range'
            else
                'drawn from what the last ' || cast(interval_origins as string) || ' forecasts missed, wider as only '
                || cast(independent_sums as string) || ' do not overlap'
                || case
                    when sums_within_range_share is null then '; no such range has been put to the test yet'
                    else
                        '; such ranges held ' || cast(cast(round(sums_within_range_share * tested_sums) as integer) as string) || ' of '
                        || cast(tested_sums as string) || ' past sums, ' || cast(independent_tested_sums as string) || ' without overlap'
                end
        end as range_status,
        wape, days_within_range_share, sums_within_range_share,
        cast(tested_sums as bigint) as tested_sums,
        independent_tested_sums,
        {{ assumption('range_doubtful_below_share') }} as doubtful_below_share,
        coalesce(days_within_range_share < {{ assumption('range_doubtful_below_share') }}, false) as is_range_doubtful,
        unknown_cost_days
    from stacked

)

select * from final
