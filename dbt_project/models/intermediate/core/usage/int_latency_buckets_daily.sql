{# one row per UTC day x task type x provider x model x latency bucket; successful calls with a measured latency. One row more, without a
   bucket: the calls within 1 % of the longest of the day, answered or timed out, and beside them how many timed out at all #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{# Imported once per use: DuckDB would store a CTE that is used twice, and with it every call. #}
with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

timed as (

    select * from {{ ref('int_calls_accepted') }}
    where {{ is_touched_day('partition_date') }} and latency_ms is not null and status in ('success', 'timeout')

),

grouped as (

    select
        partition_date,
        task_type,
        provider,
        model,
        status,
        {{ latency_bucket('latency_ms') }} as latency_bucket,
        count(*) as calls,
        cast(min(latency_ms) as bigint) as min_latency_ms,
        cast(max(latency_ms) as bigint) as max_latency_ms
    from calls
    where {{ is_touched_day('partition_date') }} and (status = 'timeout' or (status = 'success' and latency_ms is not null))
    group by all

),

longest as (

    select
        partition_date,
        task_type,
        provider,
        model,
        max(max_latency_ms) as longest_ms,
        cast(coalesce(sum(case when status = 'timeout' then calls end), 0) as bigint) as timeout_calls
    from grouped
    group by partition_date, task_type, provider, model

),

with_longest as (

    select
        partition_date as usage_date,
        task_type,
        provider,
        model,
        latency_bucket,
        calls,
        min_latency_ms,
        max_latency_ms,
        cast(null as bigint) as timeout_calls,
        cast(null as bigint) as longest_timeout_calls
    from grouped
    where status = 'success'
    union all
    select
        longest.partition_date as usage_date,
        longest.task_type,
        longest.provider,
        longest.model,
        cast(null as integer) as latency_bucket,
        count(timed.latency_ms) as calls,
        cast(min(timed.latency_ms) as bigint) as min_latency_ms,
        longest.longest_ms as max_latency_ms,
        longest.timeout_calls,
        count(case when timed.status = 'timeout' then timed.latency_ms end) as longest_timeout_calls
    from longest
    left join timed
        on
            longest.partition_date = timed.partition_date
            and longest.task_type = timed.task_type
            and longest.provider = timed.provider
            and longest.model = timed.model
            and timed.latency_ms * 100 >= longest.longest_ms * 99
    group by longest.partition_date, longest.task_type, longest.provider, longest.model, longest.longest_ms, longest.timeout_calls

)

select * from with_longest
