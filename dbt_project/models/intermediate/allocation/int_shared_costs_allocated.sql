{# one row per shared cost pool x driver x UTC day x owner with units of the driver on that day; a day without any has one unallocated
   row, and so has capacity that was not used #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{% set owners = owner_columns() | join(', ') %}

with charges as (

    select * from {{ ref('fct_charges') }}

),

driver_units as (

    select * from {{ ref('int_driver_units_daily') }}

),

pool_targets as (

    select * from {{ ref('int_pool_target_units') }}
    where driver = 'even'

),

pool_activities as (

    select * from {{ ref('pool_activities') }}

),

pool_days as (

    select
        charge_date as usage_date,
        cost_pool,
        max(cost_component) as cost_component,
        allocation_driver as driver,
        {{ money('sum(effective_cost_usd)') }} as pool_cost_usd
    from charges
    where not is_direct and is_counted and {{ is_changed_day('charge_date') }}
    group by charge_date, cost_pool, allocation_driver

),

weighed_activities as (

    select
        cost_pool,
        driver,
        cost_weight,
        capacity_units_per_day,
        {{ money('sum(cost_weight) over (partition by cost_pool)') }} as total_weight,
        {{ money('sum(cost_weight) over (partition by cost_pool order by driver rows between unbounded preceding and current row)') }} as running_weight
    from pool_activities

),

{# What each activity of a pool costs on the day. #}
parts as (

    select
        pool_days.usage_date,
        pool_days.cost_pool,
        pool_days.cost_component,
        coalesce(activities.driver, pool_days.driver) as driver,
        activities.capacity_units_per_day,
        coalesce({{ ratio('activities.cost_weight', 'activities.total_weight') }}, 1) as pool_share,
        case
            when activities.driver is null then pool_days.pool_cost_usd
            else {{ split_exactly('pool_days.pool_cost_usd', 'activities.running_weight', '(activities.running_weight - activities.cost_weight)', 'activities.total_weight') }}
        end as part_cost_usd
    from pool_days
    left join weighed_activities as activities on pool_days.cost_pool = activities.cost_pool

),

{# A pool without targets is borne by whoever has units. #}
targeted as (

    select
        parts.*,
        pool_targets.target_column,
        pool_targets.target_value
    from parts
    left join pool_targets on case when parts.driver not in ('even', 'weights', 'step_down', 'reciprocal') then parts.cost_pool end = pool_targets.cost_pool

),

driven as (

    select distinct
        driver_units.usage_date,
        driver_units.driver,
        driver_units.{{ owner_columns() | join(', driver_units.') }},
        driver_units.is_allocated,
        driver_units.driver_units,
        targeted.cost_pool,
        targeted.cost_component,
        targeted.capacity_units_per_day,
        targeted.pool_share,
        targeted.part_cost_usd
    from targeted
    inner join driver_units
        on
            targeted.usage_date = driver_units.usage_date
            and targeted.driver = driver_units.driver
            and coalesce(driver_units.cost_pool, targeted.cost_pool) = targeted.cost_pool
            and (
                targeted.target_column is null
                or targeted.target_value = case targeted.target_column
                    {%- for column in owner_columns() %}
                    when '{{ column }}' then driver_units.{{ column }}
                    {%- endfor %}
                end
            )

),

running as (

    select
        *,
        {{ money('sum(driver_units) over (partition by usage_date, cost_pool, driver)') }} as used_units,
        {{ money('greatest(sum(driver_units) over (partition by usage_date, cost_pool, driver), coalesce(capacity_units_per_day, 0))') }} as total_units,
        {{ money('sum(driver_units) over (
            partition by usage_date, cost_pool, driver
            order by ' ~ owner_columns() | join(' nulls last, ') ~ ' nulls last
            rows between unbounded preceding and current row
        )') }} as running_units
    from driven

),

split_by_driver as (

    select
        usage_date,
        cost_pool,
        cost_component,
        {{ owners }},
        is_allocated,
        driver,
        driver_units,
        {{ ratio('driver_units', 'total_units') }} * pool_share as cost_share,
        {{ split_exactly('part_cost_usd', 'running_units', '(running_units - driver_units)', 'total_units') }} as allocated_cost_usd
    from running

),

used as (

    select
        usage_date,
        cost_pool,
        driver,
        max(used_units) as used_units,
        max({{ ratio('used_units', 'total_units') }} * pool_share) as cost_share,
        max({{ split_exactly('part_cost_usd', 'used_units', 'cast(0 as decimal(28, 12))', 'total_units') }}) as cost_usd
    from running
    group by usage_date, cost_pool, driver

),

{# What nobody used: all of it on a day without units, else the capacity above them. #}
left_over as (

    select
        parts.usage_date,
        parts.cost_pool,
        parts.cost_component,
        {%- for column in owner_columns() %}
        {{ "cast(null as string)" if column in ('project_id', 'user_id') else "'unallocated'" }} as {{ column }},
        {%- endfor %}
        false as is_allocated,
        case when parts.capacity_units_per_day is null then parts.driver else 'unused capacity: ' || parts.driver end as driver,
        {{ money('coalesce(parts.capacity_units_per_day - coalesce(used.used_units, 0), 0)') }} as driver_units,
        parts.pool_share - coalesce(used.cost_share, 0) as cost_share,
        {{ money('parts.part_cost_usd - coalesce(used.cost_usd, 0)') }} as allocated_cost_usd
    from parts
    left join used
        on parts.usage_date = used.usage_date and parts.cost_pool = used.cost_pool and parts.driver = used.driver
    where used.driver is null or used.used_units < parts.capacity_units_per_day

),

allocated as (

    select
        usage_date, cost_pool, cost_component, {{ owners }}, is_allocated, driver, driver_units, cost_share, allocated_cost_usd
    from split_by_driver
    union all
    select
        usage_date, cost_pool, cost_component, {{ owners }}, is_allocated, driver, driver_units, cost_share, allocated_cost_usd
    from left_over

)

select * from allocated
