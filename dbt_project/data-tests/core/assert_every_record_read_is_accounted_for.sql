{# Rows read = accepted + refused + duplicate, and every cent read is in the marts or with a refused or duplicate record;
   but for the days that the look-back leaves alone, of which assert_no_changed_day_is_left_alone warns. #}

with reconciliation as (

    select * from {{ ref('rpt_reconciliation') }}

),

raw_days as (

    select * from {{ ref('int_raw_days') }}

),

unaccounted as (

    select reconciliation.*
    from reconciliation
    left join raw_days
        on reconciliation.usage_date = raw_days.day_date and reconciliation.source <> 'focus' and raw_days.is_changed and not raw_days.is_touched
    where
        raw_days.day_date is null
        and (
            reconciliation.rows_read <> reconciliation.rows_accepted + reconciliation.rows_rejected + reconciliation.rows_duplicate
            or reconciliation.difference_usd <> 0
        )

)

select * from unaccounted
