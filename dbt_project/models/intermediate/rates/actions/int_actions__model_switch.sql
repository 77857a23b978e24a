{# one row per recommended move of a task type to another model #}

{{ config(materialized=view_or_table()) }}

{% set kept = assumption('model_switch_base_share', 'decimal(6, 4)') %}

with assessments as (

    select * from {{ ref('int_model_switches_assessed') }}

),

targets as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

switches as (

    select assessments.*
    from assessments
    inner join targets
        on
            assessments.task_type = targets.task_type
            and assessments.to_provider = targets.to_provider
            and assessments.to_model = targets.to_model
    where assessments.is_acceptable

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
        {{ money('sum(savings_usd * ' ~ kept ~ ')') }} as gross_monthly_savings_usd,
        {{ money('sum(savings_usd * ' ~ kept ~ ')') }} as net_monthly_savings_usd,
        {{ money('sum(savings_low_usd * ' ~ assumption('model_switch_low_share', 'decimal(6, 4)') ~ ')') }} as low_monthly_savings_usd,
        {{ money('sum(savings_high_usd * ' ~ assumption('model_switch_high_share', 'decimal(6, 4)') ~ ')') }} as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'rates.rpt_model_switch_savings' as source_mart,
        false as is_illustrative
    from switches
    group by task_type, to_provider, to_model

)

select * from actions
