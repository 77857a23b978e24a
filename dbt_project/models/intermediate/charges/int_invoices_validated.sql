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

numbered as (

    select
        *,
        file_name || '#' || cast(line_number as string) as invoice_key,
        row_number() over (
            partition by lower(provider_name), invoice_id order by file_name, line_number
        ) as invoice_id_rank
    from invoices

),

validated as (

    select
        numbered.file_name,
        numbered.line_number,
        numbered.invoice_key,
        numbered.invoice_id,
        coalesce(provider_names.provider_name, numbered.provider_name) as provider_name,
        numbered.invoice_month_start_date,
        numbered.billing_currency,
        numbered.amount_billing_currency,
        cast(case when numbered.billing_currency = 'USD' then 1 else currency_rates.usd_per_unit end as decimal(13, 10)) as usd_per_unit,
        numbered.raw_record,
        case
            when numbered.line_problem is not null then numbered.line_problem
            when numbered.provider_name is null then 'provider_missing'
            when numbered.invoice_month_start_date is null then 'month_malformed'
            when numbered.amount_billing_currency is null then 'amount_malformed'
            when numbered.billing_currency is null then 'currency_missing'
            when numbered.invoice_id is not null and numbered.invoice_id_rank > 1 then 'invoice_id_duplicate'
        end as rejection_reason
    from numbered
    left join provider_names on lower(numbered.provider_name) = provider_names.name_in_source
    left join currency_rates
        on
            numbered.billing_currency = currency_rates.currency
            and currency_rates.valid_from <= last_day(numbered.invoice_month_start_date)
            and last_day(numbered.invoice_month_start_date) < currency_rates.valid_to

),

converted as (

    select
        *,
        {{ in_usd('amount_billing_currency') }} as invoiced_usd
    from validated

)

select * from converted
