{# one row per customer x UTC day with something to compare it with: the customer's usual day, and its usual deviation #}

{# Square roots: calls come in random numbers, and the root of such a number varies by about the same amount
   whether it is large or small, so that busy and quiet days, and busy and quiet customers, use one scale. #}
{% set spread_share = 0.85 %}
{% set normal_deviations_at_share = 1.4395 %}

with customer_days as (

    select * from {{ ref('int_customer_usage_daily') }}

),

{# A day without calls says that there was no work, and nothing of what a day with work costs. #}
rooted as (

    select
        *,
        sqrt(cast(effective_cost_usd as double)) as cost_root,
        sqrt(cast(calls as double)) as calls_root,
        case when calls > 0 then sqrt(cast(effective_cost_usd as double)) end as cost_root_in_use,
        case when calls > 0 then sqrt(cast(calls as double)) end as calls_root_in_use
    from customer_days

),

{# Working days are compared with working days and weekends with weekends, all of them before the day itself. #}
compared as (

    select
        *,
        {{ moving_quantile('cost_root_in_use', 0.5, 'like_days') }} as like_cost_level,
        {{ moving_quantile('calls_root_in_use', 0.5, 'like_days') }} as like_calls_level,
        cast(count(cost_root_in_use) over like_days as integer) as baseline_days,
        count(cost_root_in_use) over all_days as days_in_use,
        cast(count(*) over history as integer) as history_days
    from rooted
    window
        like_days as (
            partition by customer_id, is_weekend
            order by day_number range between {{ var('anomaly_baseline_days') }} preceding and 1 preceding
        ),
        all_days as (partition by customer_id order by day_number range between {{ var('anomaly_baseline_days') }} preceding and 1 preceding),
        history as (partition by customer_id order by day_number range between {{ var('anomaly_spread_days') }} preceding and 1 preceding)

),

{# Who called nothing for so long was expected to call nothing. Use that was never of this kind of day has no measure. #}
levelled as (

    select
        *,
        coalesce(like_cost_level, 0) as cost_level,
        coalesce(like_calls_level, 0) as calls_level,
        cost_root_in_use - like_cost_level as cost_deviation,
        calls_root_in_use - like_calls_level as calls_deviation
    from compared
    where history_days > 0 and (baseline_days > 0 or days_in_use = 0)

),

{# How far days in use are from what was expected of them. A few wild days move neither the median nor this. #}
spread as (

    select
        customer_id,
        usage_date,
        day_number,
        is_weekend,
        calls,
        effective_cost_usd,
        revenue_usd,
        cost_root,
        calls_root,
        cost_level,
        calls_level,
        baseline_days,
        history_days,
        {# Customers whose calls differ by less than about a factor of four are peers. #}
        cast(round(ln(greatest(calls_level * calls_level, 1)) / ln(4)) as integer) as size_class,
        cast(count(cost_deviation) over history as integer) as deviation_days,
        {{ moving_quantile('abs(cost_deviation)', spread_share, 'history') }} / {{ normal_deviations_at_share }} as own_cost_deviation,
        {{ moving_quantile('abs(calls_deviation)', spread_share, 'history') }} / {{ normal_deviations_at_share }} as own_calls_deviation
    from levelled
    window history as (partition by customer_id order by day_number range between {{ var('anomaly_spread_days') }} preceding and 1 preceding)

)

select * from spread
