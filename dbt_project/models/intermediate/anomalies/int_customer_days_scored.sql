{# one row per customer x UTC day with enough history: what was to be expected of it, and how far from that it is #}

{# Square roots: calls come in random numbers, and the root of such a number varies by about the same amount
   whether it is large or small, so that busy and quiet days, and busy and quiet customers, use one scale. #}
{% set spread_share = 0.85 %}
{% set normal_deviations_at_share = 1.4395 %}

with customer_days as (

    select * from {{ ref('int_customer_usage_daily') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

rooted as (

    select
        *,
        sqrt(cast(effective_cost_usd as double)) as cost_root,
        sqrt(cast(calls as double)) as calls_root
    from customer_days

),

{# Working days are compared with working days and weekends with weekends, all of them before the day itself. #}
levelled as (

    select
        *,
        {{ moving_quantile('cost_root', 0.5, 'like_days') }} as cost_level,
        {{ moving_quantile('calls_root', 0.5, 'like_days') }} as calls_level,
        cast(count(*) over like_days as integer) as baseline_days,
        cast(count(*) over history as integer) as history_days
    from rooted
    window
        like_days as (
            partition by customer_id, is_weekend
            order by day_number range between {{ var('anomaly_baseline_days') }} preceding and 1 preceding
        ),
        history as (partition by customer_id order by day_number range between {{ var('anomaly_spread_days') }} preceding and 1 preceding)

),

{# How far days usually are from what was expected of them. A few wild days move neither the median nor this. #}
spread as (

    select
        *,
        {{ moving_quantile('abs(cost_root - cost_level)', spread_share, 'history') }} / {{ normal_deviations_at_share }} as usual_cost_deviation,
        {{ moving_quantile('abs(calls_root - calls_level)', spread_share, 'history') }} / {{ normal_deviations_at_share }} as usual_calls_deviation
    from levelled
    window history as (partition by customer_id order by day_number range between {{ var('anomaly_spread_days') }} preceding and 1 preceding)

),

{# Even the steadiest customer's calls are drawn by chance: the root of a Poisson number deviates by 1/2, and cost
   with it. Without this floor a customer with a spotless record would set off an alarm at the first ripple. #}
scored as (

    select
        spread.*,
        least(
            (spread.cost_root - spread.cost_level)
            / greatest(coalesce(spread.usual_cost_deviation, 0), 0.5 * spread.cost_level / greatest(spread.calls_level, 1), 0.01),
            100.0
        ) as cost_score,
        least((spread.calls_root - spread.calls_level) / greatest(coalesce(spread.usual_calls_deviation, 0), 0.5), 100.0) as calls_score
    from spread
    cross join thresholds
    where spread.cost_level is not null and spread.history_days >= thresholds.anomaly_min_history_days

),

{# Two witnesses: cost and calls both far out weigh as much as cost alone further out. #}
combined as (

    select
        *,
        {{ money('cost_level * cost_level') }} as expected_cost_usd,
        calls_level * calls_level as expected_calls,
        least(greatest(cost_score, (cost_score + calls_score) / sqrt(2)), 100.0) as anomaly_score
    from scored

),

judged as (

    select
        combined.customer_id,
        combined.usage_date,
        combined.is_weekend,
        combined.calls,
        combined.effective_cost_usd,
        combined.revenue_usd,
        combined.expected_cost_usd,
        combined.expected_calls,
        combined.baseline_days,
        combined.cost_score,
        combined.calls_score,
        combined.anomaly_score,
        combined.anomaly_score >= thresholds.anomaly_min_score
        and cast(combined.effective_cost_usd as double) >= thresholds.anomaly_min_cost_ratio * cast(combined.expected_cost_usd as double)
        and cast(combined.effective_cost_usd - combined.expected_cost_usd as double) >= thresholds.anomaly_min_excess_usd as is_anomaly
    from combined
    cross join thresholds

)

select * from judged
