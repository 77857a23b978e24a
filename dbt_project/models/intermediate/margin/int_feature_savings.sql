{# one row per product x feature that calls models in the trailing 30 days: its tasks, and what the open actions on them save, for all features
   with these tasks and for it alone #}

with features_summed as (

    select * from {{ ref('int_features_summed') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

tasks as (

    select * from {{ ref('int_feature_tasks') }}

),

savings as (

    select
        task_type,
        count(*) as actions,
        sum(net_monthly_savings_usd) as net_usd,
        sum(low_monthly_savings_usd) as low_usd,
        sum(high_monthly_savings_usd) as high_usd
    from actions_on_calls
    where is_counted
    group by task_type

),

{# A saving belongs to a task, in which several features share: to be summed it counts with the one of them that loses most; each has the part
   of it that its calls have in the cost of the task. #}
shared_savings as (

    select
        features.product_id,
        features.feature_id,
        tasks.task_type,
        savings.task_type as open_task_type,
        savings.actions,
        savings.net_usd,
        savings.low_usd,
        savings.high_usd,
        {{ money_of_double('cast(savings.net_usd as double) * tasks.task_cost_share') }} as own_net_usd,
        row_number() over (
            partition by savings.task_type
            order by
                features.feature_id = 'unallocated' asc,
                {{ margin_of('features.allocated_revenue_usd', 'features.cost_to_serve_usd') }} asc nulls last,
                features.product_id asc,
                features.feature_id asc
        ) = 1 as is_counted_here
    from features_summed as features
    inner join tasks on features.product_id = tasks.product_id and features.feature_id = tasks.feature_id
    left join savings on tasks.task_type = savings.task_type

),

final as (

    select
        product_id,
        feature_id,
        case when count(*) = 1 then min(task_type) end as only_task_type,
        {{ string_agg_sorted("replace(task_type, '_', ' ')", ', ') }} as tasks,
        {{ string_agg_sorted("replace(open_task_type, '_', ' ')", ', ') }} as open_tasks,
        {{ money('coalesce(sum(net_usd), 0)') }} as open_savings_usd,
        {{ money('coalesce(sum(own_net_usd), 0)') }} as own_savings_usd,
        cast(coalesce(sum(actions) filter (where is_counted_here), 0) as bigint) as counted_actions,
        {{ money('coalesce(sum(net_usd) filter (where is_counted_here), 0)') }} as counted_savings_usd,
        {{ money('coalesce(sum(low_usd) filter (where is_counted_here), 0)') }} as counted_savings_low_usd,
        {{ money('coalesce(sum(high_usd) filter (where is_counted_here), 0)') }} as counted_savings_high_usd
    from shared_savings
    group by product_id, feature_id

)

select * from final
