{# one row per source x UTC day: every record read is accepted, refused or a duplicate, and every cent read is somewhere #}

with call_records as (

    select * from {{ ref('int_call_records_daily') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

in_marts as (

    select
        usage_date,
        sum(calls) as calls,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd
    from usage_daily
    group by usage_date

),

reconciled as (

    select
        'calls' as source,
        call_records.usage_date,
        call_records.rows_read,
        cast(coalesce(in_marts.calls, 0) as bigint) as rows_accepted,
        call_records.rows_rejected,
        call_records.rows_duplicate,
        call_records.billed_cost_read_usd,
        coalesce(in_marts.billed_cost_usd, {{ money(0) }}) as billed_cost_in_marts_usd,
        call_records.billed_cost_rejected_usd,
        call_records.billed_cost_duplicate_usd
    from call_records
    left join in_marts on call_records.usage_date = in_marts.usage_date

),

compared as (

    select
        *,
        {{ money('billed_cost_read_usd - billed_cost_in_marts_usd - billed_cost_rejected_usd - billed_cost_duplicate_usd') }} as difference_usd
    from reconciled

)

select * from compared
