{# one row per line of the customers' billing, in USD, with the first reason for which it cannot be used, or null #}

with documents as (

    select * from {{ ref('stg_billing__documents') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

judged as (

    select
        documents.*,
        documents.file_name || '#' || cast(documents.line_number as string) as document_key,
        cast(case when documents.billing_currency = 'USD' then 1 else currency_rates.usd_per_unit end as decimal(13, 10)) as usd_per_unit,
        case
            when documents.line_problem is not null then documents.line_problem
            when documents.document_type is null then 'document_type_missing'
            when documents.document_type not in ('invoice', 'credit_note', 'payment', 'refund') then 'document_type_unknown'
            when documents.customer_id is null then 'customer_id_missing'
            when documents.document_date is null then 'document_date_malformed'
            when documents.amount_billing_currency is null then 'amount_malformed'
            when documents.billing_currency is null then 'currency_missing'
        end as own_fault
    from documents
    left join currency_rates
        on
            documents.billing_currency = currency_rates.currency
            and currency_rates.valid_from <= documents.document_date
            and documents.document_date < currency_rates.valid_to

),

{# A line that cannot be used anyway is the first of nothing: the corrected one after it counts. #}
ranked as (

    select
        *,
        row_number() over (
            partition by document_type, document_id, own_fault is null order by file_name, line_number
        ) as document_id_rank
    from judged

),

{# Credit notes and refunds take back what invoices and payments gave, whichever sign the tool writes before them. #}
signed as (

    select
        *,
        coalesce(own_fault, case when document_id is not null and document_id_rank > 1 then 'document_id_duplicate' end) as rejection_reason,
        case when document_type in ('credit_note', 'refund') then -abs(amount_billing_currency) else amount_billing_currency end
            as signed_amount_billing_currency
    from ranked

),

converted as (

    select
        file_name,
        line_number,
        document_key,
        document_type,
        document_id,
        customer_id,
        document_date,
        document_type in ('invoice', 'credit_note') as is_invoiced,
        {{ in_usd('signed_amount_billing_currency') }} as amount_usd,
        raw_record,
        rejection_reason
    from signed

)

select * from converted
