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
        {{ money('sum(billed_cost_usd)') }} as billed_cost_read_usd,
        {{ money('sum(billed_cost_usd) filter (where rejection_reason is not null)') }} as billed_cost_rejected_usd
    from calls
    where {{ is_touched_day('partition_date') }}
    group by source_name, partition_date

),

duplicates_by_day as (

    select
        source_name,
        partition_date as usage_date,
        count(*) as rows_duplicate,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_duplicate_usd
    from duplicated
    where duplicate_rank > 1
    group by source_name, partition_date

),

counted as (

    select
        read_by_day.source_name,
        read_by_day.usage_date,
        read_by_day.rows_read,
        read_by_day.rows_rejected,
        coalesce(duplicates_by_day.rows_duplicate, 0) as rows_duplicate,
        coalesce(read_by_day.billed_cost_read_usd, {{ money(0) }}) as billed_cost_read_usd,
        coalesce(read_by_day.billed_cost_rejected_usd, {{ money(0) }}) as billed_cost_rejected_usd,
        coalesce(duplicates_by_day.billed_cost_duplicate_usd, {{ money(0) }}) as billed_cost_duplicate_usd
    from read_by_day
    left join duplicates_by_day
        on read_by_day.source_name = duplicates_by_day.source_name and read_by_day.usage_date = duplicates_by_day.usage_date

)

select * from counted
