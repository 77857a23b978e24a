{# one row per customer x abnormal day: the feature and model that added most to its cost #}

with scored_days as (

    select * from {{ ref('int_customer_days_scored') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

flagged as (

    select
        customer_id,
        usage_date,
        is_weekend,
        baseline_days
    from scored_days
    where is_anomaly

),

{# What each use cost on the day itself, and on the mean like day of the baseline: days without it count as zero. #}
compared as (

    select
        flagged.customer_id,
        flagged.usage_date,
        usage_daily.product_id,
        usage_daily.feature_id,
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        sum(case when usage_daily.usage_date = flagged.usage_date then usage_daily.effective_cost_usd end) as day_cost_usd,
        sum(case when usage_daily.usage_date < flagged.usage_date then usage_daily.effective_cost_usd end) as baseline_cost_usd,
        max(flagged.baseline_days) as baseline_days
    from flagged
    inner join usage_daily
        on
            flagged.customer_id = usage_daily.customer_id
            and usage_daily.usage_date between flagged.usage_date - {{ var('anomaly_baseline_days') }} and flagged.usage_date
    where ({{ iso_weekday('usage_daily.usage_date') }} >= 6) = flagged.is_weekend
    group by
        flagged.customer_id, flagged.usage_date, usage_daily.product_id, usage_daily.feature_id, usage_daily.task_type,
        usage_daily.provider, usage_daily.model

),

added as (

    select
        *,
        {{ money('coalesce(day_cost_usd, 0)') }} - {{ money_of_double('coalesce(' ~ ratio('baseline_cost_usd', 'baseline_days') ~ ', 0)') }} as added_cost_usd
    from compared

),

ranked as (

    select
        *,
        sum(case when added_cost_usd > 0 then added_cost_usd end) over (partition by customer_id, usage_date) as all_added_cost_usd,
        row_number() over (
            partition by customer_id, usage_date
            order by added_cost_usd desc, product_id asc, feature_id asc, task_type asc, provider asc, model asc
        ) as added_rank
    from added

),

largest as (

    select
        customer_id,
        usage_date,
        product_id,
        feature_id,
        task_type,
        provider,
        model,
        {{ money('added_cost_usd') }} as added_cost_usd,
        {{ ratio('added_cost_usd', 'all_added_cost_usd') }} as added_cost_share
    from ranked
    where added_rank = 1

)

select * from largest
