{# one row per call record refused, as it came, with the reason #}

{{ config(materialized='incremental', unique_key='partition_date') }}

with calls as (

    select * from {{ ref('int_calls_validated') }}

),

rejected as (

    select
        source_name,
        partition_date,
        file_name,
        line_number,
        call_id,
        provider,
        rejection_reason,
        {{ money('billed_cost_usd') }} as billed_cost_usd,
        {{ raw_call_record() }} as raw_record
    from calls
    where {{ is_touched_day('partition_date') }} and rejection_reason is not null

)

select * from rejected
