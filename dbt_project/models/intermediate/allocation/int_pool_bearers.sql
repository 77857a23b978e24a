{# one row per shared pool x driver that names its targets (even, weights, step_down, reciprocal) x target x stretch of days between two
   changes of owners: its keys as owner. Owners above one that is named bear it, too, as they stood #}

{{ config(materialized=view_or_table()) }}

with pool_targets as (

    select * from {{ ref('int_pool_target_units') }}
    where target_column <> 'came by'

),

owner_levels as (

    select * from {{ ref('int_owner_levels') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

stretches as (

    select valid_from_date, valid_to_date from owner_levels
    where owner_id = 'unallocated'

),

bearers as (

    select
        pool_targets.cost_pool,
        pool_targets.driver,
        stretches.valid_from_date,
        stretches.valid_to_date,
        {% for column in owner_columns() -%}
        {%- set named = "case when pool_targets.target_column = '" ~ column ~ "' then pool_targets.target_value end" -%}
        {%- if column == 'organization_id' -%}
        coalesce({{ named }}, customers.organization_id, 'unallocated') as {{ column }},
        {%- elif column in ('project_id', 'user_id') -%}
        coalesce({{ named }}, owner_levels.{{ column }}) as {{ column }},
        {%- elif column in ('team_id', 'business_unit_id', 'cost_centre') -%}
        coalesce({{ named }}, owner_levels.{{ column }}, 'unallocated') as {{ column }},
        {%- else -%}
        coalesce({{ named }}, 'unallocated') as {{ column }},
        {%- endif %}
        {% endfor -%}
        coalesce(customers.is_known, false) as is_allocated,
        pool_targets.driver_units
    from pool_targets
    cross join stretches
    left join owner_levels
        on
            pool_targets.target_value = owner_levels.owner_id
            and pool_targets.target_column = owner_levels.owner_type || case when owner_levels.owner_type = 'cost_centre' then '' else '_id' end
            and stretches.valid_from_date = owner_levels.valid_from_date
    left join customers on case when pool_targets.target_column = 'customer_id' then pool_targets.target_value end = customers.customer_id

)

select * from bearers
