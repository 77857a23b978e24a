{# one row per customer x UTC day whose cost is abnormally high #}

with scored_days as (

    select * from {{ ref('int_customer_days_scored') }}

),

causes as (

    select * from {{ ref('int_anomaly_causes') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

flagged as (

    select
        *,
        usage_date - cast(row_number() over (partition by customer_id order by usage_date) as integer) as episode_key
    from scored_days
    where is_anomaly

),

episodes as (

    select
        *,
        min(usage_date) over (partition by customer_id, episode_key) as episode_start_date,
        cast(count(*) over (partition by customer_id, episode_key) as integer) as episode_days,
        {{ money('sum(expected_cost_usd) over (partition by customer_id, episode_key)') }} as episode_expected_cost_usd,
        {{ money('sum(effective_cost_usd) over (partition by customer_id, episode_key)') }} as episode_observed_cost_usd,
        row_number() over (partition by customer_id, episode_key order by effective_cost_usd - expected_cost_usd desc, usage_date asc) = 1
            as is_dearest_of_episode
    from flagged

),

explained as (

    select
        episodes.usage_date,
        episodes.customer_id,
        customers.customer_name,
        customers.organization_id,
        episodes.expected_cost_usd,
        episodes.effective_cost_usd as observed_cost_usd,
        {{ money('episodes.effective_cost_usd - episodes.expected_cost_usd') }} as excess_cost_usd,
        episodes.anomaly_score,
        episodes.cost_score,
        episodes.calls_score,
        episodes.expected_calls,
        episodes.calls as observed_calls,
        'median of ' || cast(episodes.baseline_days as string)
        || case when episodes.is_weekend then ' weekend days' else ' working days' end
        || ' with use'
        || ' in the {{ var("anomaly_baseline_days") }} days before' as baseline,
        episodes.episode_start_date,
        episodes.episode_days,
        episodes.episode_expected_cost_usd,
        episodes.episode_observed_cost_usd,
        {{ money('episodes.episode_observed_cost_usd - episodes.episode_expected_cost_usd') }} as episode_excess_cost_usd,
        episodes.is_dearest_of_episode,
        episodes.usage_date between as_of.window_start_date and as_of.as_of_date as is_in_window,
        episodes.is_of_new_feature,
        {{ ratio('episodes.calls', 'episodes.expected_calls') }} as calls_ratio,
        {{ ratio(ratio('episodes.effective_cost_usd', 'episodes.calls'), ratio('episodes.expected_cost_usd', 'episodes.expected_calls')) }}
            as cost_per_call_ratio,
        causes.product_id as cause_product_id,
        causes.feature_id as cause_feature_id,
        causes.task_type as cause_task_type,
        causes.provider as cause_provider,
        causes.model as cause_model,
        causes.added_cost_usd as cause_added_cost_usd,
        causes.added_cost_share as cause_added_cost_share
    from episodes
    left join causes on episodes.customer_id = causes.customer_id and episodes.usage_date = causes.usage_date
    left join customers on episodes.customer_id = customers.customer_id
    cross join as_of

),

final as (

    select
        usage_date,
        customer_id,
        customer_name,
        organization_id,
        expected_cost_usd,
        observed_cost_usd,
        excess_cost_usd,
        anomaly_score,
        cost_score,
        calls_score,
        expected_calls,
        observed_calls,
        baseline,
        episode_start_date,
        episode_days,
        is_dearest_of_episode,
        episode_expected_cost_usd,
        episode_observed_cost_usd,
        episode_excess_cost_usd,
        {{ ratio('episode_observed_cost_usd', 'episode_expected_cost_usd') }} as episode_cost_ratio,
        {{ ratio('episode_excess_cost_usd', 'sum(case when is_in_window then excess_cost_usd end) over ()') }} as episode_excess_share,
        case
            when is_of_new_feature then 'new feature'
            when calls_ratio is null or cost_per_call_ratio is null then 'new usage'
            when calls_ratio >= cost_per_call_ratio then 'more calls'
            else 'costlier calls'
        end as driver,
        calls_ratio,
        cost_per_call_ratio,
        cause_product_id,
        cause_feature_id,
        cause_task_type,
        cause_provider,
        cause_model,
        cause_added_cost_usd,
        cause_added_cost_share
    from explained

)

select * from final
