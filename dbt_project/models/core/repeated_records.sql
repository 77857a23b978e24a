{# one row per call record that does not count, or not with all it states, because another record tells the call #}

{{ config(materialized=view_or_table()) }}

with duplicated as (

    select * from {{ ref('int_calls_duplicated') }}

),

over_midnight as (

    select * from {{ ref('int_calls_over_midnight') }}

),

{# Of the records of a day with one call_id the first counts, if none beyond a midnight does. #}
repeated as (

    select
        duplicated.source_name as source,
        duplicated.partition_date as usage_date,
        duplicated.file_name,
        cast(null as bigint) as line_number,
        duplicated.call_id as record_key,
        'same_id' as reason,
        false as is_counted,
        duplicated.source_name as counted_source,
        coalesce(over_midnight.counted_date, duplicated.partition_date) as counted_date,
        duplicated.call_id as counted_record_key,
        duplicated.billed_cost_usd,
        {{ money(0) }} as counted_cost_usd,
        {{ money(0) }} as passed_cost_usd,
        {{ money('coalesce(duplicated.billed_cost_usd, 0)') }} as repeated_cost_usd
    from duplicated
    left join over_midnight on {{ is_told_over('duplicated', 'over_midnight') }}
    where duplicated.duplicate_rank > 1
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
