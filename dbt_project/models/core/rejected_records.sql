{# one row per record refused, as it came #}

with rejected_calls as (

    select * from {{ ref('int_calls_rejected') }}

),

customers as (

    select * from {{ ref('int_customers_validated') }}

),

focus_charges as (

    select * from {{ ref('int_focus_charges_validated') }}

),

invoices as (

    select * from {{ ref('int_invoices_validated') }}

),

inventory as (

    select * from {{ ref('int_inventory_validated') }}

),

billing_documents as (

    select * from {{ ref('int_billing_documents_validated') }}

),

activities as (

    select * from {{ ref('stg_tenant_activity__activities') }}

),

gpu_hours as (

    select * from {{ ref('stg_gpu_usage__gpu_hours') }}

),

rejected as (

    select
        source_name as source,
        file_name,
        line_number,
        call_id as record_key,
        rejection_reason as reason,
        raw_record
    from rejected_calls
    union all
    select
        'customers' as source,
        file_name,
        line_number,
        customer_id as record_key,
        rejection_reason as reason,
        raw_record
    from customers
    where rejection_reason is not null
    union all
    select
        source_name as source,
        file_name,
        line_number,
        charge_id as record_key,
        rejection_reason as reason,
        raw_record
    from focus_charges
    where rejection_reason is not null
    union all
    select
        'invoices' as source,
        file_name,
        line_number,
        invoice_key as record_key,
        rejection_reason as reason,
        raw_record
    from invoices
    where rejection_reason is not null
    union all
    select
        'inventory' as source,
        file_name,
        line_number,
        resource_id as record_key,
        rejection_reason as reason,
        raw_record
    from inventory
    where rejection_reason is not null
    {%- for source, relation, key in [('billing', 'billing_documents', 'document_key'), ('tenant_activity', 'activities', 'customer_id'), ('gpu_usage', 'gpu_hours', 'pod')] %}
    union all
    select
        '{{ source }}' as source,
        file_name,
        line_number,
        {{ key }} as record_key,
        rejection_reason as reason,
        raw_record
    from {{ relation }}
    where rejection_reason is not null
    {%- endfor %}

)

select * from rejected
