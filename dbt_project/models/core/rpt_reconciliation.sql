{# one row per source x UTC day: every record read is accepted, refused or a duplicate, and every cent read is somewhere.
   A changed day that the look-back leaves alone stands here with what its files hold now. #}

with call_records as (

    select * from {{ ref('int_call_records_daily') }}

),

records_now as (

    select * from {{ ref('int_calls_validated') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

bill_lines as (

    select * from {{ ref('int_focus_charges_validated') }}

),

bill_lines_converted as (

    select * from {{ ref('int_focus_charges_converted') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

left_alone as (

    select
        source_name,
        partition_date as usage_date,
        count(*) as rows_read,
        {{ money('coalesce(sum(billed_cost_usd), 0)') }} as billed_cost_read_usd
    from records_now
    where {{ is_day_left_alone('partition_date') }}
    group by source_name, partition_date

),

call_records_read as (

    select
        coalesce(call_records.source_name, left_alone.source_name) as source_name,
        coalesce(call_records.usage_date, left_alone.usage_date) as usage_date,
        coalesce(left_alone.rows_read, call_records.rows_read) as rows_read,
        coalesce(call_records.rows_rejected, 0) as rows_rejected,
        coalesce(call_records.rows_duplicate, 0) as rows_duplicate,
        coalesce(left_alone.billed_cost_read_usd, call_records.billed_cost_read_usd) as billed_cost_read_usd,
        coalesce(call_records.billed_cost_rejected_usd, {{ money(0) }}) as billed_cost_rejected_usd,
        coalesce(call_records.billed_cost_duplicate_usd, {{ money(0) }}) as billed_cost_duplicate_usd,
        coalesce(call_records.billed_cost_moved_usd, {{ money(0) }}) as billed_cost_moved_usd
    from call_records
    full outer join left_alone on call_records.source_name = left_alone.source_name and call_records.usage_date = left_alone.usage_date

),

in_marts as (

    select
        source_name,
        usage_date,
        sum(calls) as calls,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd
    from usage_daily
    group by source_name, usage_date

),

{# Counted from the lines themselves, apart from the ledger. A line whose period cannot be read is counted on the first day of
   its file, so that it is counted at all. #}
dated as (

    select
        *,
        coalesce(
            cast(charge_period_start_at as date),
            billing_period_start_date,
            min(cast(charge_period_start_at as date)) over (partition by file_name),
            cast('1970-01-01' as date)
        ) as charge_date
    from bill_lines

),

in_dollars as (

    select
        dated.source_name,
        dated.charge_date,
        dated.rejection_reason,
        coalesce(converted.billed_cost_usd, case when dated.billing_currency = 'USD' then dated.billed_cost_billing_currency end)
            as billed_cost_usd
    from dated
    left join bill_lines_converted as converted on dated.charge_id = converted.charge_id

),

bill_records as (

    select
        source_name,
        charge_date,
        count(*) as rows_read,
        count(*) filter (where rejection_reason is not null) as rows_rejected,
        {{ money('coalesce(sum(billed_cost_usd), 0)') }} as billed_cost_read_usd,
        {{ money('coalesce(sum(billed_cost_usd) filter (where rejection_reason is not null), 0)') }} as billed_cost_rejected_usd
    from in_dollars
    group by source_name, charge_date

),

charges_in_marts as (

    select
        dated.source_name,
        dated.charge_date,
        count(distinct charges.origin_charge_id) as charges,
        {{ money('sum(charges.billed_cost_usd)') }} as billed_cost_usd
    from charges
    inner join dated on charges.origin_charge_id = dated.charge_id
    group by dated.source_name, dated.charge_date

),

reconciled as (

    select
        call_records_read.source_name as source,
        call_records_read.usage_date,
        call_records_read.rows_read,
        cast(coalesce(in_marts.calls, 0) as bigint) as rows_accepted,
        call_records_read.rows_rejected,
        call_records_read.rows_duplicate,
        call_records_read.billed_cost_read_usd,
        coalesce(in_marts.billed_cost_usd, {{ money(0) }}) as billed_cost_in_marts_usd,
        call_records_read.billed_cost_rejected_usd,
        call_records_read.billed_cost_duplicate_usd,
        call_records_read.billed_cost_moved_usd
    from call_records_read
    left join in_marts on call_records_read.source_name = in_marts.source_name and call_records_read.usage_date = in_marts.usage_date
    union all
    select
        bill_records.source_name as source,
        bill_records.charge_date as usage_date,
        bill_records.rows_read,
        cast(coalesce(charges_in_marts.charges, 0) as bigint) as rows_accepted,
        bill_records.rows_rejected,
        cast(0 as bigint) as rows_duplicate,
        bill_records.billed_cost_read_usd,
        coalesce(charges_in_marts.billed_cost_usd, {{ money(0) }}) as billed_cost_in_marts_usd,
        bill_records.billed_cost_rejected_usd,
        {{ money(0) }} as billed_cost_duplicate_usd,
        {{ money(0) }} as billed_cost_moved_usd
    from bill_records
    left join charges_in_marts
        on bill_records.source_name = charges_in_marts.source_name and bill_records.charge_date = charges_in_marts.charge_date

),

compared as (

    select
        *,
        {{ money('billed_cost_read_usd + billed_cost_moved_usd - billed_cost_in_marts_usd - billed_cost_rejected_usd - billed_cost_duplicate_usd') }} as difference_usd
    from reconciled

)

select * from compared
