{# one row per UTC day x task type x provider x model x service tier x place of the call in its run (first, later, unknown): calls,
   prompt tokens, and those read from the cache #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

{# A cache belongs to one model, and to what it read before: the first call of a run to a model finds nothing of its run there, nor
   do others in the same moment. What was rejected before its prompt was read fills no cache. #}
placed as (

    select
        partition_date,
        task_type,
        provider,
        model,
        service_tier,
        input_tokens,
        cached_input_tokens,
        case
            when trace_id is null then 'unknown'
            when called_at = min(called_at) over (partition by partition_date, source_name, trace_id, provider, model) then 'first'
            else 'later'
        end as run_place
    from calls
    where {{ is_touched_day('partition_date') }} and input_tokens > 0

),

daily as (

    select
        partition_date as usage_date,
        task_type,
        provider,
        model,
        service_tier,
        run_place,
        count(*) as calls,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens
    from placed
    group by partition_date, task_type, provider, model, service_tier, run_place

)

select * from daily
