{# one row per source: from when to when it has records, and how that lies to the as-of day #}

with reconciliation as (

    select * from {{ ref('rpt_reconciliation') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

spans as (

    select
        source,
        source in ('focus', '{{ landed_sources('charges') | join("', '") }}') as is_of_bills,
        min(usage_date) as first_date,
        max(usage_date) as last_date,
        cast(sum(rows_read) as bigint) as records
    from reconciliation
    group by source

),

{# Calls come day by day; a bill is that of a month, and late by some days. #}
judged as (

    select
        spans.source,
        spans.is_of_bills,
        spans.first_date,
        spans.last_date,
        as_of.as_of_date,
        spans.records,
        cast(greatest({{ days_between('spans.last_date', 'as_of.as_of_date') }}, 0) as bigint) as days_behind,
        {{ days_between('spans.last_date', 'as_of.as_of_date') }} > case when spans.is_of_bills then 35 else 1 end as is_stale,
        {{ 'true' if var('as_of_date') == 'latest' else 'false' }} and spans.last_date > as_of.as_of_date + 1 as is_ahead
    from spans
    cross join as_of

)

select * from judged
