{# one row per UTC day x task type x provider x model x latency bucket; successful calls with a measured latency #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

bucketed as (

    select
        partition_date as usage_date,
        task_type,
        provider,
        model,
        {{ latency_bucket('latency_ms') }} as latency_bucket,
        count(*) as calls,
        cast(min(latency_ms) as bigint) as min_latency_ms,
        cast(max(latency_ms) as bigint) as max_latency_ms
    from calls
    where {{ is_touched_day('partition_date') }} and status = 'success' and latency_ms is not null
    group by all

)

select * from bucketed
