{# one row per line of the customers' billing, as it came: names, types and units of the warehouse, nothing judged yet #}

with documents as (

    select * from {{ source('billing', 'documents') }}

),

typed as (

    select
        file_name,
        cast(line_number as bigint) as line_number,
        line_problem,
        replace(replace(lower(trim(document_type)), ' ', '_'), '-', '_') as document_type,
        document_id,
        customer_id,
        cast(try_cast(document_date as timestamp) as date) as document_date,
        try_cast(amount as decimal(24, 12)) as amount_billing_currency,
        upper(currency) as billing_currency,
        raw_record
    from documents

)

select * from typed
