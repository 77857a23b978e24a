{# one row per record refused, as it came #}

with rejected_calls as (

    select * from {{ ref('int_calls_rejected') }}

),

customers as (

    select * from {{ ref('int_customers_validated') }}

),

rejected as (

    select
        'calls' as source,
        file_name,
        call_id as record_key,
        rejection_reason as reason,
        raw_record
    from rejected_calls
    union all
    select
        'customers' as source,
        'customers.parquet' as file_name,
        customer_id as record_key,
        rejection_reason as reason,
        raw_record
    from customers
    where rejection_reason is not null

)

select * from rejected
