{# one row per source x UTC day: how many call records were read, and what became of them. Counted from the records
   themselves, apart from the facts, so that it can be held against them. #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with calls as (

    select * from {{ ref('int_calls_validated') }}

),

duplicated as (

    select * from {{ ref('int_calls_duplicated') }}

),

read_by_day as (

    select
        source_name,
        partition_date as usage_date,
        count(*) as rows_read,
        count(*) filter (where rejection_reason is not null) as rows_rejected,
        max(called_at) filter (where rejection_reason is null) as last_called_at,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_read_usd,
        {{ money('sum(billed_cost_usd) filter (where rejection_reason is not null)') }} as billed_cost_rejected_usd
    from calls
    where {{ is_touched_day('partition_date') }}
    group by source_name, partition_date

),

{# A charge may count on the call of another day or tool: then it moved there from the record that states it. #}
told_again as (

    select
        source_name,
        partition_date,
        1 as duplicates,
        billed_cost_usd as duplicate_usd,
        {{ money(0) }} as moved_usd
    from duplicated
    where duplicate_rank > 1
    {%- if landed_call_sources() %}
    union all
    select
        source_name,
        partition_date,
        case when is_counted then 0 else 1 end as duplicates,
        repeated_cost_usd as duplicate_usd,
        {{ money('received_cost_usd - passed_cost_usd') }} as moved_usd
    from {{ ref('int_call_records_settled') }}
    {%- endif %}

),

duplicates_by_day as (

    select
        source_name,
        partition_date as usage_date,
        cast(sum(duplicates) as bigint) as rows_duplicate,
        {{ money('sum(duplicate_usd)') }} as billed_cost_duplicate_usd,
        {{ money('sum(moved_usd)') }} as billed_cost_moved_usd
    from told_again
    group by source_name, partition_date

),

counted as (

    select
        read_by_day.source_name,
        read_by_day.usage_date,
        read_by_day.rows_read,
        read_by_day.rows_rejected,
        coalesce(duplicates_by_day.rows_duplicate, 0) as rows_duplicate,
        read_by_day.last_called_at,
        coalesce(read_by_day.billed_cost_read_usd, {{ money(0) }}) as billed_cost_read_usd,
        coalesce(read_by_day.billed_cost_rejected_usd, {{ money(0) }}) as billed_cost_rejected_usd,
        coalesce(duplicates_by_day.billed_cost_duplicate_usd, {{ money(0) }}) as billed_cost_duplicate_usd,
        coalesce(duplicates_by_day.billed_cost_moved_usd, {{ money(0) }}) as billed_cost_moved_usd
    from read_by_day
    left join duplicates_by_day
        on read_by_day.source_name = duplicates_by_day.source_name and read_by_day.usage_date = duplicates_by_day.usage_date

)

select * from counted
