{# one row per customer x UTC day with enough history: what was to be expected of it, and how far from that it is #}

with usual as (

    select * from {{ ref('int_customer_days_usual') }}

),

new_features as (

    select * from {{ ref('int_new_feature_costs_daily') }}

),

{# Even the steadiest customer's calls are drawn by chance: the root of a Poisson number deviates by 1/2, and cost
   with it. Without this floor a customer with a spotless record would set off an alarm at the first ripple. #}
scored as (

    select
        usual.*,
        least(
            (usual.cost_root - usual.cost_level)
            / (greatest(usual.usual_cost_deviation, 0.5 * usual.cost_level / greatest(usual.calls_level, 1), 0.01) * usual.uncertainty_of_level),
            100.0
        ) as cost_score,
        least(
            (usual.calls_root - usual.calls_level) / (greatest(usual.usual_calls_deviation, 0.5) * usual.uncertainty_of_level),
            100.0
        ) as calls_score
    from usual
    where usual.history_days >= {{ assumption('anomaly_min_history_days') }}

),

{# Two witnesses: cost and calls both far out weigh as much as cost alone further out. #}
combined as (

    select
        *,
        {{ money_of_double('cost_level * cost_level') }} as expected_cost_usd,
        calls_level * calls_level as expected_calls,
        least(greatest(cost_score, (cost_score + calls_score) / sqrt(2)), 100.0) as anomaly_score
    from scored

),

{# A feature that the customer took up lately explains its own cost: the rest of the day has to be abnormal without it. #}
judged as (

    select
        combined.*,
        combined.anomaly_score >= {{ assumption('anomaly_min_score') }}
        and cast(combined.effective_cost_usd as double) >= {{ assumption('anomaly_min_cost_ratio') }} * cast(combined.expected_cost_usd as double)
        and cast(combined.effective_cost_usd - combined.expected_cost_usd as double) >= {{ assumption('anomaly_min_excess_usd') }} as is_abnormal,
        cast(combined.effective_cost_usd - coalesce(new_features.new_feature_cost_usd, 0) as double)
        >= cast(combined.expected_cost_usd as double)
        + greatest({{ assumption('anomaly_min_excess_usd') }}, ({{ assumption('anomaly_min_cost_ratio') }} - 1) * cast(combined.expected_cost_usd as double)) as is_beyond_new_features
    from combined
    left join new_features on combined.customer_id = new_features.customer_id and combined.usage_date = new_features.usage_date

),

{# What a new feature costs is told on its first abnormal day, and then no more. #}
told as (

    select
        customer_id,
        usage_date,
        is_weekend,
        calls,
        effective_cost_usd,
        revenue_usd,
        expected_cost_usd,
        expected_calls,
        baseline_days,
        cost_score,
        calls_score,
        anomaly_score,
        is_abnormal and not is_beyond_new_features as is_of_new_feature,
        is_abnormal and (is_beyond_new_features or coalesce(sum(case when is_abnormal and not is_beyond_new_features then 1 end) over lately, 0) = 0) as is_anomaly
    from judged
    window lately as (partition by customer_id order by day_number range between {{ var('anomaly_baseline_days') }} preceding and 1 preceding)

)

select * from told
