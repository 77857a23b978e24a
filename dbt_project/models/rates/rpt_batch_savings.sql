{# one row per task type x provider x model with batchable calls at the standard tier, and one per task type: what the batch service would save #}

with task_savings as (

    select * from {{ ref('int_task_savings') }}

),

counted as (

    select * from {{ ref('int_actions_on_calls') }}
    where action_kind = 'batch' and is_counted

),

savings as (

    select
        case when grouping(model) = 1 then 'task' else 'model' end as rollup_level,
        task_type,
        coalesce(provider, 'all') as provider,
        coalesce(model, 'all') as model,
        planned_provider,
        planned_model,
        cast(sum(calls) as bigint) as calls,
        cast(sum(batchable_calls) as bigint) as batchable_calls,
        max(batchable_share) as batchable_share,
        max(batch_moved_share) as moved_share,
        {{ money('sum(current_cost_usd)') }} as current_cost_usd,
        cast(sum(cost_after_switch_usd) as decimal(30, 12)) as cost_after_switch_usd,
        {{ money('sum(batch_gross_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(batch_gross_usd - batch_net_usd)') }} as overlap_usd,
        {{ money('sum(batch_net_usd)') }} as net_monthly_savings_usd
    from task_savings
    where batchable_share is not null
    group by grouping sets ((task_type), (task_type, provider, model, planned_provider, planned_model))

),

final as (

    select
        savings.*,
        counted.task_type is not null as is_counted
    from savings
    left join counted on savings.task_type = counted.task_type

)

select * from final
