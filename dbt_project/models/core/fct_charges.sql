{# one row per charge: usage of models by UTC day, SKU and owner, lines of billing files, days of shared pools and of capacity that
   is paid by the hour. A view: each reader takes the few columns that it needs #}

{{ config(materialized=view_or_table()) }}

with usage_charges as (

    select * from {{ ref('int_charges__usage') }}

),

bill_charges as (

    select * from {{ ref('int_charges__focus') }}

),

pool_charges as (

    select * from {{ ref('int_charges__pools') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

charges as (

    select {{ ledger_columns('int_charges__usage') }} from usage_charges
    union all
    select {{ ledger_columns('int_charges__focus') }} from bill_charges
    union all
    select {{ ledger_columns('int_charges__pools') }} from pool_charges
    union all
    select {{ ledger_columns('int_charges__provisioned') }} from capacity_charges

)

select * from charges
