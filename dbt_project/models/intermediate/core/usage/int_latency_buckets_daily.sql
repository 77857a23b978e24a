{# one row per UTC day x task type x provider x model x latency bucket; successful calls with a measured latency. One row more, without a
   bucket: the calls within 1 % of the longest of the day, answered or timed out, which a time limit makes many #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

timed as (

    select *
    from calls
    where {{ is_touched_day('partition_date') }} and status in ('success', 'timeout') and latency_ms is not null

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
    from timed
    group by all

),

longest as (

    select
        partition_date,
        task_type,
        provider,
        model,
        max(max_latency_ms) as longest_ms
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
        max_latency_ms
    from grouped
    where status = 'success'
    union all
    select
        longest.partition_date as usage_date,
        longest.task_type,
        longest.provider,
        longest.model,
        cast(null as integer) as latency_bucket,
        count(*) as calls,
        cast(min(timed.latency_ms) as bigint) as min_latency_ms,
        longest.longest_ms as max_latency_ms
    from timed
    inner join longest
        on
            timed.partition_date = longest.partition_date
            and timed.task_type = longest.task_type
            and timed.provider = longest.provider
            and timed.model = longest.model
    where timed.latency_ms * 100 >= longest.longest_ms * 99
    group by longest.partition_date, longest.task_type, longest.provider, longest.model, longest.longest_ms

)

select * from with_longest
