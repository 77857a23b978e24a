{# one row per UTC day x driver x owner of what shared costs are shared out by; of drivers that name targets per pool, too. Only
   days on which something is shared out. A view: who shares out filters it #}

{{ config(materialized=view_or_table()) }}

{% set owners = owner_columns() | join(', ') %}

{# A relation of many rows is imported once for each step that reads it: what two steps read is made in full, for all days, before either. #}
with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

served_usage as (

    select * from {{ ref('int_usage_owned_daily') }}

),

pool_charges as (

    select * from {{ ref('int_charges__pools') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

bill_pool_charges as (

    select * from {{ ref('int_charges__focus') }}
    where not is_direct

),

bill_charges as (

    select * from {{ ref('int_charges__focus') }}
    where is_direct and not {{ is_idle() }}

),

bearers as (

    select * from {{ ref('int_pool_bearers') }}

),

usage_charges as (

    select * from {{ ref('int_charges__usage') }}

),

activities as (

    select * from {{ ref('stg_tenant_activity__activities') }}
    where rejection_reason is null

),

pool_activities as (

    select * from {{ ref('pool_activities') }}

),

driver_fallbacks as (

    select * from {{ ref('driver_fallbacks') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

{# With no pool, nothing is summed. #}
pool_days as (

    {% for charges in ['pool_charges', 'capacity_charges', 'bill_pool_charges'] -%}
    {% if not loop.first %}union distinct{% endif %}
    select charge_date as usage_date, cost_pool, allocation_driver from {{ charges }}
    where is_counted and not is_direct
    {% endfor %}

),

own_drivers as (

    select usage_date, allocation_driver as driver from pool_days
    union distinct
    select pool_days.usage_date, pool_activities.driver from pool_days
    inner join pool_activities on pool_days.cost_pool = pool_activities.cost_pool

),

driver_days as (

    select usage_date, driver from own_drivers
    union distinct
    select own_drivers.usage_date, driver_fallbacks.fallback_driver as driver from own_drivers
    inner join driver_fallbacks on own_drivers.driver = driver_fallbacks.driver

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
        sum(effective_cost_usd) as effective_cost
    from usage_owned
    where usage_date in (select pool_days.usage_date from pool_days)
    group by usage_date, {{ owners }}, is_allocated

),

bill_drivers as (

    select 'direct_cost' as driver
    union all
    select 'of cluster' as driver
    union all
    select 'of node' as driver

),

{# Of a capacity those who used it bear all of the day: tokens of the calls that it served. Of what is idle in a cluster or on a node, CPU, memory
   and GPU each by the cost of what runs there. An activity of customers is told by its driver, or by its own name. #}
measured as (

    select
        served_usage.usage_date, {{ capacity_driver('served_usage') }} as driver, served_usage.{{ owner_columns() | join(', served_usage.') }},
        {{ money('served_usage.input_tokens + served_usage.output_tokens') }} as driver_units
    from served_usage
    union all
    select charge_date as usage_date, 'direct_cost' as driver, {{ owners }}, effective_cost_usd as driver_units
    from usage_charges
    where is_counted
    union all
    select
        bill_charges.charge_date as usage_date,
        case bill_drivers.driver
            when 'of cluster' then {{ idle_driver('bill_charges') }}
            when 'of node' then {{ idle_driver('bill_charges', true) }}
            else bill_drivers.driver
        end as driver,
        bill_charges.{{ owner_columns() | join(', bill_charges.') }},
        bill_charges.effective_cost_usd as driver_units
    from bill_charges
    cross join bill_drivers
    where bill_charges.is_counted
    {%- for driver in ['driver', 'activity'] %}
    union all
    select
        activities.activity_date as usage_date,
        activities.{{ 'driver' if driver == 'driver' else 'activity as driver' }},
        {% for column in owner_columns() -%}
        {{ {'organization_id': "coalesce(customers.organization_id, 'unallocated')", 'customer_id': "coalesce(customers.customer_id, 'unallocated')",
            'project_id': 'cast(null as string)', 'user_id': 'cast(null as string)'}.get(column, "'unallocated'") }} as {{ column }},
        {% endfor -%}
        {{ money('activities.units') }} as driver_units
    from activities
    left join customers on case when customers.is_known then customers.customer_id end = activities.customer_id
    {%- if driver == 'activity' %}
    where activities.activity <> activities.driver
    {%- endif %}
    {%- endfor %}

),

measured_units as (

    select
        measured.usage_date,
        measured.driver,
        measured.{{ owner_columns() | join(', measured.') }},
        measured.customer_id <> 'unallocated' as is_allocated,
        sum(measured.driver_units) as driver_units
    from measured
    inner join driver_days on measured.usage_date = driver_days.usage_date and measured.driver = driver_days.driver
    group by all

),

targets as (

    select
        target_days.usage_date, bearers.driver, bearers.cost_pool,
        bearers.{{ owner_columns() | join(', bearers.') }},
        bearers.is_allocated,
        bearers.driver_units
    from bearers
    inner join target_days
        on
            bearers.cost_pool = target_days.cost_pool
            and bearers.valid_from_date <= target_days.usage_date
            and target_days.usage_date < bearers.valid_to_date

),

{# A new driver is rows here: its name, the day, the owner and the units. #}
units as (

    {% for driver in ['calls', 'tokens', 'effective_cost'] -%}
    select '{{ driver }}' as driver, cast(null as string) as cost_pool, usage_date, {{ owners }}, is_allocated, {{ money(driver) }} as driver_units
    from usage_units
    union all
    {% endfor -%}
    select driver, cast(null as string) as cost_pool, usage_date, {{ owners }}, is_allocated, {{ money('driver_units') }} as driver_units
    from measured_units
    union all
    select driver, cost_pool, usage_date, {{ owners }}, is_allocated, driver_units
    from targets

),

final as (

    select driver, cost_pool, usage_date, {{ owners }}, is_allocated, driver_units from units
    where driver_units > 0

)

select * from final
