{# one row per invoice line, as it came: names, types and units of the warehouse, nothing judged yet #}

with invoices as (

    select * from {{ source('invoices', 'invoices') }}

),

typed as (

    select
        file_name,
        cast(line_number as bigint) as line_number,
        line_problem,
        provider as provider_name,
        try_cast(month as date) as invoice_month_start_date,
        try_cast(amount as decimal(24, 12)) as amount_billing_currency,
        upper(currency) as billing_currency,
        invoice_id,
        raw_record
    from invoices

)

select * from typed
