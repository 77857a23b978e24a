{# one row per day of charge: how many lines of billing files were read, and what became of them #}

with charges as (

    select * from {{ ref('int_focus_charges_validated') }}

),

charges_converted as (

    select * from {{ ref('int_focus_charges_converted') }}

),

{# A line whose period cannot be read is counted on the first day of its file, so that it is counted at all. #}
dated as (

    select
        *,
        coalesce(
            cast(charge_period_start_at as date),
            billing_period_start_date,
            min(cast(charge_period_start_at as date)) over (partition by file_name),
            cast('1970-01-01' as date)
        ) as charge_date
    from charges

),

in_dollars as (

    select
        dated.charge_date,
        dated.rejection_reason,
        coalesce(converted.billed_cost_usd, case when dated.billing_currency = 'USD' then dated.billed_cost_billing_currency end)
            as billed_cost_usd
    from dated
    left join charges_converted as converted on dated.charge_id = converted.charge_id

),

counted as (

    select
        charge_date,
        count(*) as rows_read,
        count(*) filter (where rejection_reason is not null) as rows_rejected,
        {{ money('coalesce(sum(billed_cost_usd), 0)') }} as billed_cost_read_usd,
        {{ money('coalesce(sum(billed_cost_usd) filter (where rejection_reason is not null), 0)') }} as billed_cost_rejected_usd
    from in_dollars
    group by charge_date

)

select * from counted
