{# Rows read = accepted + refused + duplicate, and every cent read is in the marts or with a refused or duplicate record. #}

with reconciliation as (

    select * from {{ ref('rpt_reconciliation') }}

),

unaccounted as (

    select * from reconciliation
    where
        rows_read <> rows_accepted + rows_rejected + rows_duplicate
        or difference_usd <> 0

)

select * from unaccounted
