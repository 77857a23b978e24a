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

cost_components as (

    select * from {{ ref('cost_components') }}

),

charges as (

    select {{ ledger_columns('int_charges__usage') }} from usage_charges
    union all
    select {{ ledger_columns('int_charges__focus') }} from bill_charges
    union all
    select {{ ledger_columns('int_charges__pools') }} from pool_charges
    union all
    select {{ ledger_columns('int_charges__provisioned') }} from capacity_charges

),

{# What a shared pool is made of is one component, whatever the services behind it. #}
final as (

    select
        charges.{{ ledger_column_names() | join(', charges.') or '*' }},
        coalesce(of_pool.cost_component, case when charges.is_direct then coalesce(of_service.cost_component, of_category.cost_component) end, 'other')
            as cost_component
    from charges
    left join cost_components as of_pool on of_pool.match_on = 'cost_pool' and charges.cost_pool = of_pool.match_value
    left join cost_components as of_service on of_service.match_on = 'service_name' and charges.service_name = of_service.match_value
    left join cost_components as of_category on of_category.match_on = 'service_category' and charges.service_category = of_category.match_value

)

select * from final
