{# one row per series x UTC day, and of the last days also x hour of it, whose cost was unusual, high or low #}

{# A cent: what an hour or a day that cost nothing is taken for, where factors are compared. #}
{% set least_usd = 0.01 %}
{% set hour_key = 'coalesce({}.hour_of_day, -1)' %}

with costs_daily as (

    select * from {{ ref('int_series_costs_daily') }}

),

costs_hourly as (

    select * from {{ ref('int_series_costs_hourly') }}

),

costs as (

    select scope, scope_id, is_direct, cast(null as integer) as hour_of_day, usage_date, cost_usd from costs_daily
    union all
    {# What is shared out is so by the day: of a pool hours are direct cost. #}
    select scope, scope_id, true as is_direct, hour_of_day, usage_date, cost_usd from costs_hourly

),

weeks as (

    {{ whole_numbers(1, 4) }}

),

{# What the same weekday of the last four weeks says, of an hour at that hour: its median. Three of them are the least. #}
expected as (

    select
        costs.scope,
        costs.scope_id,
        costs.hour_of_day,
        costs.usage_date,
        costs.is_direct,
        {{ days_between("date '2000-01-01'", 'costs.usage_date') }} as day_number,
        max(costs.cost_usd) as cost_usd,
        greatest(cast(max(costs.cost_usd) as double), 0) as cost,
        {{ percentile('cast(before.cost_usd as double)', 0.5) }} as expected_cost
    from costs
    cross join weeks
    inner join costs as before
        on
            costs.scope = before.scope
            and costs.scope_id = before.scope_id
            and {{ hour_key.format('costs') }} = {{ hour_key.format('before') }}
            and costs.usage_date = before.usage_date + weeks.number * 7
    group by costs.scope, costs.scope_id, costs.hour_of_day, costs.usage_date, costs.is_direct
    having count(*) >= 3

),

{# A machine that stands still on its weekends is expected to cost nothing on them. One that has not been used for half of four weeks, or longer, is begun anew. #}
regular as (

    select
        *,
        hour_of_day is not null as is_hour,
        expected_cost > 0
        or (
            scope = 'resource' and 14 <= count(case when cost > 0 then 1 end) over (
                partition by scope, scope_id, hour_of_day order by day_number range between 28 preceding and 1 preceding
            )
        ) as is_regular
    from expected

),

differences as (

    select
        *,
        case when expected_cost > 0 then expected_cost else cost end as usual_cost,
        sqrt(cost) - sqrt(expected_cost) as root_difference,
        ln((cost + {{ least_usd }}) / (expected_cost + {{ least_usd }})) as log_difference
    from regular
    where is_regular

),

last_day as (

    select max(usage_date) as last_date from costs

),

{# How far the series usually differs, in the 56 days before: 1.4826 medians of the distance are a standard deviation where chance is normal.
   All its hours say it together. #}
spread as (

    select
        *,
        1.4826 * {{ moving_quantile('abs(root_difference)', 0.5, 'days_before') }} as usual_root_difference,
        1.4826 * {{ moving_quantile('abs(log_difference)', 0.5, 'days_before') }} as usual_log_difference,
        day_number - min(day_number) over days_before as days_known
    from differences
    window days_before as (partition by is_hour, scope, scope_id order by day_number range between 56 preceding and 1 preceding)

),

{# Rises are compared by their roots, since what arrives by chance varies by its root; drops by their factor, which alone tells
   little from nothing. At least 2 % of a cost are usual, and a root of it is 1 % of the root; of what is expected to cost nothing it is that of what it costs. #}
scored as (

    select
        spread.scope,
        spread.scope_id,
        spread.hour_of_day,
        spread.usage_date,
        spread.is_direct,
        spread.cost_usd,
        {{ money_of_double('spread.expected_cost') }} as expected_cost_usd,
        case when spread.root_difference > 0 then 'rise' else 'drop' end as direction,
        round(
            case
                when spread.root_difference > 0 then spread.root_difference / greatest(spread.usual_root_difference, 0.01 * sqrt(spread.usual_cost))
                else -spread.log_difference / greatest(spread.usual_log_difference, 0.02)
            end, 9
        ) as anomaly_score
    from spread
    cross join last_day
    where
        spread.days_known >= {{ assumption('anomaly_min_history_days') }}
        and (not spread.is_hour or spread.usage_date > last_day.last_date - cast({{ assumption('anomaly_hourly_days') }} as integer))

),

found as (

    select
        *,
        {{ money('cost_usd - expected_cost_usd') }} as excess_usd
    from scored
    where
        anomaly_score >= {{ assumption('anomaly_min_score') }}
        and abs(cost_usd - expected_cost_usd) >= {{ assumption('anomaly_min_excess_usd', 'decimal(18, 6)') }}
        {# Somebody who stops a machine knows; records that are missing are missed in its service. #}
        and (direction = 'rise' or scope <> 'resource')

)

select * from found
