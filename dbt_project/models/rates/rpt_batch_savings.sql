{# one row per task type x provider x model with batchable calls at the standard tier: what the batch service would save #}

{% set moved = assumption('batch_base_share', 'decimal(6, 4)') %}

with task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

batchable_tasks as (

    select * from {{ ref('batchable_tasks') }}

),

{# Never more than the price list promises, nor than what the calls cost. #}
potential as (

    select
        task_usage.*,
        batchable_tasks.batchable_share,
        cast(batchable_tasks.batchable_share * {{ moved }} as decimal(9, 8)) as moved_share,
        cast(batchable_tasks.batchable_share * {{ moved }} * (1 - task_usage.fixed_share) as decimal(9, 8)) as left_share,
        task_usage.price_book_cost_usd - task_usage.batch_cost_usd as own_discount_usd,
        task_usage.planned_price_book_cost_usd - task_usage.planned_batch_cost_usd as planned_discount_usd
    from task_usage
    inner join batchable_tasks on task_usage.task_type = batchable_tasks.task_type
    where task_usage.service_tier = 'standard'

),

saved as (

    select
        *,
        {# least() and greatest() skip a null: what has no batch price stays unknown only when it is asked for. #}
        case when own_discount_usd is not null then {{ money('greatest(least(own_discount_usd, effective_cost_usd), 0) * moved_share') }} end
            as gross_monthly_savings_usd,
        case
            when own_discount_usd is not null and planned_discount_usd is not null
                then {{ money('greatest(least(planned_discount_usd, own_discount_usd, effective_cost_usd, cost_after_switch_usd), 0) * left_share') }}
        end as net_monthly_savings_usd
    from potential

),

savings as (

    select
        task_type,
        provider,
        model,
        planned_provider,
        planned_model,
        calls,
        cast(floor(calls * moved_share) as bigint) as batchable_calls,
        cast(batchable_share as double) as batchable_share,
        cast(moved_share as double) as moved_share,
        effective_cost_usd as current_cost_usd,
        cost_after_switch_usd,
        gross_monthly_savings_usd,
        {{ money('gross_monthly_savings_usd - net_monthly_savings_usd') }} as overlap_usd,
        net_monthly_savings_usd
    from saved

)

select * from savings
