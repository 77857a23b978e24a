{# one row per task type x provider x model with batchable calls at the standard tier: what the batch service would save #}

with task_savings as (

    select * from {{ ref('int_task_savings') }}

),

savings as (

    select
        task_type,
        provider,
        model,
        planned_provider,
        planned_model,
        calls,
        batchable_calls,
        batchable_share,
        batch_moved_share as moved_share,
        current_cost_usd,
        cost_after_switch_usd,
        batch_gross_usd as gross_monthly_savings_usd,
        {{ money('batch_gross_usd - batch_net_usd') }} as overlap_usd,
        batch_net_usd as net_monthly_savings_usd
    from task_savings
    where batchable_share is not null

)

select * from savings
