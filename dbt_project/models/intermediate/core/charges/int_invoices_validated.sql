{# one row per invoice line, in USD, with the first reason for which it cannot be used, or null #}

with invoices as (

    select * from {{ ref('stg_invoices__invoices') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

{# Two spellings of a provider are one, before anything is called a repetition. #}
named as (

    select
        invoices.file_name,
        invoices.line_number,
        invoices.file_name || '#' || cast(invoices.line_number as string) as invoice_key,
        invoices.invoice_id,
        coalesce(provider_names.provider_name, invoices.provider_name) as provider_name,
        invoices.invoice_month_start_date,
        invoices.billing_currency,
        invoices.amount_billing_currency,
        cast(case when invoices.billing_currency = 'USD' then 1 else currency_rates.usd_per_unit end as decimal(13, 10)) as usd_per_unit,
        invoices.raw_record,
        case
            when invoices.line_problem is not null then invoices.line_problem
            when invoices.provider_name is null then 'provider_missing'
            when invoices.invoice_month_start_date is null then 'month_malformed'
            when invoices.amount_billing_currency is null then 'amount_malformed'
            when invoices.billing_currency is null then 'currency_missing'
        end as own_fault
    from invoices
    left join provider_names on lower(invoices.provider_name) = provider_names.name_in_source
    left join currency_rates
        on
            invoices.billing_currency = currency_rates.currency
            and currency_rates.valid_from <= last_day(invoices.invoice_month_start_date)
            and last_day(invoices.invoice_month_start_date) < currency_rates.valid_to

),

{# A line that cannot be used anyway is the first of nothing: the corrected one after it counts. #}
ranked as (

    select
        *,
        row_number() over (
            partition by lower(provider_name), invoice_id, own_fault is null order by file_name, line_number
        ) as invoice_id_rank
    from named

),

validated as (

    select
        *,
        coalesce(own_fault, case when invoice_id is not null and invoice_id_rank > 1 then 'invoice_id_duplicate' end) as rejection_reason
    from ranked

),

converted as (

    select
        *,
        {{ in_usd('amount_billing_currency') }} as invoiced_usd
    from validated

)

select * from converted
