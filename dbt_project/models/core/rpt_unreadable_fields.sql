{# one row per source x UTC day x field x reason: records of calls that count although a field of theirs could not be read #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with records as (

    select * from {{ ref('int_calls_validated') }}

),

told as (

    select
        source_name,
        partition_date,
        file_name,
        line_number,
        billed_cost_usd,
        concat_ws(
            '; ',
            field_problems,
            case when latency_ms < 0 then 'duration: ends before it starts' end,
            case when {{ has_charge_alone() }} then 'tokens: not a whole number' end
        ) as problems
    from records
    where {{ is_touched_day('partition_date') }} and (field_problems is not null or latency_ms < 0 or {{ has_charge_alone() }})

),

by_field as (

    select
        source_name,
        partition_date,
        file_name,
        line_number,
        billed_cost_usd,
        {{ split_to_rows('problems', '; ') }} as problem
    from told

),

counted as (

    select
        source_name as source,
        partition_date as usage_date,
        split_part(problem, ': ', 1) as field_name,
        substring(problem, length(split_part(problem, ': ', 1)) + 3) as reason,
        count(*) as records,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd,
        min(file_name || case when line_number is not null then ':' || cast(line_number as string) else '' end) as example
    from by_field
    group by 1, 2, 3, 4

)

select * from counted
