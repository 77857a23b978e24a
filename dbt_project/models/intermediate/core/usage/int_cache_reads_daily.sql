{# one row per UTC day x task type x provider x model x service tier x place of the call in its run (first, later, unknown): calls,
   prompt tokens, and those read from the cache #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{# A digest stands for the run: its texts would be a key of three times the size, and of a billion runs a day hardly two share one. #}
{# Imported once per use: DuckDB would store a CTE that is used twice, and with it every column. #}
with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

calls_by_run as (

    select * from {{ ref('int_calls_accepted') }}

),

{# Grouped, and joined: a window would sort all calls. #}
longer_runs as (

    select
        {{ quick_digest('partition_date, source_name, trace_id, provider, model') }} as run_digest,
        min(called_at) as begun_at
    from calls_by_run
    where {{ is_touched_day('partition_date') }} and input_tokens > 0 and trace_id is not null
    group by run_digest
    having count(*) > 1

),

{# A cache belongs to one model, and to what it read before: the first call of a run to a model finds nothing of its run there, nor
   do others in the same moment. What was rejected before its prompt was read fills no cache. #}
placed as (

    select
        calls.partition_date,
        calls.task_type,
        calls.provider,
        calls.model,
        calls.service_tier,
        calls.input_tokens,
        calls.cached_input_tokens,
        case
            when calls.trace_id is null then 'unknown'
            when calls.called_at > longer_runs.begun_at then 'later'
            else 'first'
        end as run_place
    from calls
    left join longer_runs on {{ quick_digest('calls.partition_date, calls.source_name, calls.trace_id, calls.provider, calls.model') }} = longer_runs.run_digest
    where {{ is_touched_day('calls.partition_date') }} and calls.input_tokens > 0

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
