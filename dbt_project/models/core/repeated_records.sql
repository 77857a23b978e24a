{# one row per call record that does not count, or not with all it states, because another record tells the call #}

{{ config(materialized='view') }}

with duplicated as (

    select * from {{ ref('int_calls_duplicated') }}

),

{# Of the records of a day with one call_id the first counts. #}
repeated as (

    select
        source_name as source,
        partition_date as usage_date,
        file_name,
        cast(null as bigint) as line_number,
        call_id as record_key,
        'same_id' as reason,
        false as is_counted,
        source_name as counted_source,
        partition_date as counted_date,
        call_id as counted_record_key,
        billed_cost_usd,
        {{ money(0) }} as counted_cost_usd,
        {{ money(0) }} as passed_cost_usd,
        {{ money('coalesce(billed_cost_usd, 0)') }} as repeated_cost_usd
    from duplicated
    where duplicate_rank > 1
    {%- if landed_call_sources() %}
    union all
    select
        source_name as source,
        partition_date as usage_date,
        file_name,
        line_number,
        call_id as record_key,
        cause as reason,
        is_counted,
        counted_source_name as counted_source,
        counted_partition_date as counted_date,
        counted_call_id as counted_record_key,
        stated_cost_usd as billed_cost_usd,
        {{ money('coalesce(billed_cost_usd, 0)') }} as counted_cost_usd,
        passed_cost_usd,
        repeated_cost_usd
    from {{ ref('int_call_records_settled') }}
    where cause is not null
    {%- endif %}

)

select * from repeated
