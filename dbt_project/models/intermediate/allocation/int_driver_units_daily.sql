{# one row per UTC day x driver x owner of what shared costs are shared out by; of drivers that name targets per pool, too. Only
   days on which something is shared out. A view: who shares out filters it #}

{{ config(materialized=view_or_table()) }}

{% set owners = owner_columns() | join(', ') %}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

pool_charges as (

    select * from {{ ref('int_charges__pools') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

bill_charges as (

    select * from {{ ref('int_charges__focus') }}

),

pool_targets as (

    select * from {{ ref('int_pool_target_units') }}
    where target_column <> 'came by'

),

owner_levels as (

    select * from {{ ref('int_owner_levels') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

{# With no pool, nothing is summed. #}
pool_days as (

    select charge_date as usage_date, cost_pool, allocation_driver from pool_charges
    where is_counted
    union distinct
    select charge_date as usage_date, cost_pool, allocation_driver from capacity_charges
    where is_counted
    union distinct
    select charge_date as usage_date, cost_pool, allocation_driver from bill_charges
    where is_counted and not is_direct

),

driver_days as (

    select distinct usage_date, allocation_driver as driver from pool_days

),

target_days as (

    select distinct usage_date, cost_pool from pool_days

),

usage_units as (

    select
        usage_date,
        {{ owners }},
        is_allocated,
        sum(calls) as calls,
        sum(input_tokens) + sum(output_tokens) as tokens,
        sum(effective_cost_usd) as effective_cost_usd
    from usage_owned
    where usage_date in (select pool_days.usage_date from pool_days)
    group by usage_date, {{ owners }}, is_allocated

),

{# Of a capacity those who used it bear all of the day: tokens of the calls that it served. #}
served_units as (

    select
        usage_owned.usage_date,
        driver_days.driver,
        usage_owned.{{ owner_columns() | join(', usage_owned.') }},
        usage_owned.is_allocated,
        sum(usage_owned.input_tokens) + sum(usage_owned.output_tokens) as tokens
    from usage_owned
    inner join driver_days
        on usage_owned.usage_date = driver_days.usage_date and {{ capacity_driver('usage_owned') }} = driver_days.driver
    group by all

),

{# Owners above a team that is named bear it, too, as they stood on the day. #}
targets as (

    select
        target_days.usage_date,
        pool_targets.driver,
        pool_targets.cost_pool,
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
        pool_targets.target_column = 'customer_id' and customers.is_known as is_allocated,
        pool_targets.driver_units
    from pool_targets
    inner join target_days on pool_targets.cost_pool = target_days.cost_pool
    left join owner_levels
        on
            pool_targets.target_value = owner_levels.owner_id
            and pool_targets.target_column = owner_levels.owner_type || case when owner_levels.owner_type = 'cost_centre' then '' else '_id' end
            and owner_levels.valid_from_date <= target_days.usage_date
            and target_days.usage_date < owner_levels.valid_to_date
    left join customers on case when pool_targets.target_column = 'customer_id' then pool_targets.target_value end = customers.customer_id

),

{# A new driver is rows here: its name, the day, the owner and the units. #}
units as (

    select 'calls' as driver, cast(null as string) as cost_pool, usage_date, {{ owners }}, is_allocated, {{ money('calls') }} as driver_units
    from usage_units
    union all
    select 'tokens' as driver, cast(null as string) as cost_pool, usage_date, {{ owners }}, is_allocated, {{ money('tokens') }} as driver_units
    from usage_units
    union all
    select 'effective_cost' as driver, cast(null as string) as cost_pool, usage_date, {{ owners }}, is_allocated, {{ money('effective_cost_usd') }} as driver_units
    from usage_units
    union all
    select driver, cast(null as string) as cost_pool, usage_date, {{ owners }}, is_allocated, {{ money('tokens') }} as driver_units
    from served_units
    union all
    select driver, cost_pool, usage_date, {{ owners }}, coalesce(is_allocated, false) as is_allocated, driver_units
    from targets

),

final as (

    select
        driver,
        cost_pool,
        usage_date,
        {{ owners }},
        is_allocated,
        driver_units
    from units
    where driver_units > 0

)

select * from final
