{# one row per recommended move of a task type to another model #}

{{ config(materialized='view') }}

{% set kept = assumption('model_switch_base_share', 'decimal(6, 4)') %}

with switches as (

    select * from {{ ref('rpt_model_switch_savings') }}

),

{# Not every call can move: answers are reviewed, customers insist. What is counted is the share that a business keeps. #}
actions as (

    select
        'model_switch' as action_kind,
        'model_switch:' || task_type as action_id,
        replace(task_type, '_', ' ') || ' calls from ' || {{ string_agg_sorted('from_model', ', ') }} || ' to ' || to_model as subject,
        task_type,
        to_provider as provider,
        to_model as model,
        {{ money('sum(current_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(monthly_savings_usd * ' ~ kept ~ ')') }} as gross_monthly_savings_usd,
        {{ money('sum(monthly_savings_usd * ' ~ kept ~ ')') }} as net_monthly_savings_usd,
        {{ money('sum(monthly_savings_low_usd * ' ~ assumption('model_switch_low_share', 'decimal(6, 4)') ~ ')') }} as low_monthly_savings_usd,
        {{ money('sum(monthly_savings_high_usd * ' ~ assumption('model_switch_high_share', 'decimal(6, 4)') ~ ')') }} as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'rates.rpt_model_switch_savings' as source_mart,
        false as is_illustrative
    from switches
    where is_recommended
    group by task_type, to_provider, to_model

)

select * from actions
