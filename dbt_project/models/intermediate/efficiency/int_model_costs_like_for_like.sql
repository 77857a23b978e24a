{# one row per task type x model with a price: what a call of the task's whole mix of prompts would cost on that model #}

with switches as (

    select * from {{ ref('int_model_switches') }}

),

task_usage as (

    select * from {{ ref('int_task_usage') }}

),

on_own_model as (

    select
        task_type,
        provider,
        model,
        cast(sum(calls) as bigint) as calls,
        {{ money('sum(effective_cost_usd)') }} as cost_usd
    from task_usage
    where is_judged
    group by task_type, provider, model

),

{# Calls of the other models at this one's prices, its own at what they cost. Models differ in the prompts they
   happen to get, so their observed costs per call say little about which is dearer for the same work. #}
on_one_model as (

    select
        task_type,
        to_provider as provider,
        to_model as model,
        calls,
        cost_after_usd as cost_usd
    from switches
    union all
    select
        task_type,
        provider,
        model,
        calls,
        cost_usd
    from on_own_model

),

averaged as (

    select
        task_type,
        provider,
        model,
        case when count(cost_usd) = count(*) then {{ money_of_double(ratio('sum(cost_usd)', 'sum(calls)')) }} end as like_for_like_cost_per_call_usd
    from on_one_model
    group by task_type, provider, model

)

select * from averaged
