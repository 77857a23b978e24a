{# one row per task type whose calls can wait for the batch service #}

{{ config(materialized=view_or_table()) }}

with task_savings as (

    select * from {{ ref('int_task_savings') }}

),

summed as (

    select
        task_type,
        replace(task_type, '_', ' ') || ' calls that can wait, to the batch service' as subject,
        {{ money('sum(current_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(batch_gross_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(batch_net_usd)') }} as net_monthly_savings_usd
    from task_savings
    where batch_gross_usd > 0 and batch_net_usd is not null
    group by task_type

),

{# Low and high are other shares of the same potential. #}
actions as (

    select
        'batch' as action_kind,
        'batch:' || task_type as action_id,
        subject,
        task_type,
        cast(null as string) as provider,
        cast(null as string) as model,
        scope_cost_usd,
        gross_monthly_savings_usd,
        net_monthly_savings_usd,
        {{ money_of_double('net_monthly_savings_usd * ' ~ ratio(assumption('batch_low_share'), assumption('batch_base_share'))) }} as low_monthly_savings_usd,
        {{ money_of_double('net_monthly_savings_usd * ' ~ ratio(assumption('batch_high_share'), assumption('batch_base_share'))) }} as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'rates.rpt_batch_savings' as source_mart,
        false as is_illustrative
    from summed

)

select * from actions
