{# What was invoiced less what the ledger holds is the sum of the causes, to the last decimal. #}

with invoice_variance as (

    select * from {{ ref('rpt_invoice_variance') }}

),

differing as (

    select * from invoice_variance
    where
        difference_usd
        <> credits_and_taxes_usd + unbilled_usage_usd + rejected_records_usd + duplicate_records_usd + calls_not_recorded_usd + unexplained_usd

)

select * from differing
