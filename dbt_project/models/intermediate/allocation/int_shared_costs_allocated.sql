{# one row per shared cost pool x driver x UTC day x owner with units of the driver on that day; a day without any has one unallocated
   row, and so has capacity that was not used #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{% set owners = owner_columns() | join(', ') %}

with parts as (

    select * from {{ ref('int_pool_parts_daily') }}
    where {{ is_changed_day('usage_date') }}

),

driver_units as (

    select * from {{ ref('int_driver_units_daily') }}
    where {{ is_changed_day('usage_date') }}

),

pool_targets as (

    select * from {{ ref('int_pool_target_units') }}
    where driver = 'even'

),

driver_fallbacks as (

    select * from {{ ref('driver_fallbacks') }}

),

{# By its driver, or where nobody has units of that on the day, by the one that stands in for it: not where unused capacity is what that means. #}
candidates as (

    select usage_date, cost_pool, driver, driver as unit_driver from parts
    union all
    select
        parts.usage_date,
        parts.cost_pool,
        parts.driver,
        driver_fallbacks.fallback_driver as unit_driver
    from parts
    inner join driver_fallbacks on parts.driver = driver_fallbacks.driver
    where parts.capacity_units_per_day is null

),

{# Pools that name nobody are borne by the same owners, whose units are added up once. #}
borne as (

    select
        *,
        case
            when unit_driver in ('even', 'weights', 'step_down', 'reciprocal') or cost_pool in (select pool_targets.cost_pool from pool_targets)
                then cost_pool
            else ''
        end as borne_by
    from candidates

),

bearers as (

    select distinct usage_date, unit_driver, borne_by from borne

),

{# A row of units that two targets of a pool mean counts once. Spark takes the name of a table that one of its columns bears for the column. #}
bearing as (

    select
        bearers.borne_by,
        units.usage_date,
        units.driver as unit_driver,
        units.{{ owner_columns() | join(', units.') }},
        units.is_allocated,
        units.driver_units
    from bearers
    inner join driver_units as units
        on bearers.usage_date = units.usage_date and bearers.unit_driver = units.driver and coalesce(units.cost_pool, '') in ('', bearers.borne_by)
    where
        bearers.borne_by = ''
        or units.cost_pool is not null
        or exists (
            select 1 from pool_targets
            where
                bearers.borne_by = pool_targets.cost_pool
                and pool_targets.target_value = case pool_targets.target_column
                    {%- for column in owner_columns() %}
                    when '{{ column }}' then units.{{ column }}
                    {%- endfor %}
                end
        )

),

running as (

    select
        *,
        {{ money('sum(driver_units) over (
            partition by usage_date, unit_driver, borne_by
            order by ' ~ owner_columns() | join(' nulls last, ') ~ ' nulls last
            rows between unbounded preceding and current row
        )') }} as running_units
    from bearing

),

used as (

    select
        usage_date,
        unit_driver,
        borne_by,
        {{ money('sum(driver_units)') }} as used_units
    from bearing
    group by usage_date, unit_driver, borne_by

),

chosen as (

    select
        borne.usage_date,
        borne.cost_pool,
        borne.driver,
        borne.unit_driver,
        borne.borne_by,
        used.used_units,
        row_number() over (
            partition by borne.usage_date, borne.cost_pool, borne.driver
            order by case when borne.unit_driver = borne.driver then 0 else 1 end, borne.unit_driver
        ) as choice
    from borne
    inner join used on borne.usage_date = used.usage_date and borne.unit_driver = used.unit_driver and borne.borne_by = used.borne_by

),

measured as (

    select
        parts.*,
        chosen.unit_driver,
        chosen.borne_by,
        chosen.used_units,
        {{ money('greatest(chosen.used_units, coalesce(parts.capacity_units_per_day, 0))') }} as total_units
    from parts
    left join chosen
        on parts.usage_date = chosen.usage_date and parts.cost_pool = chosen.cost_pool and parts.driver = chosen.driver and chosen.choice = 1

),

split_by_driver as (

    select
        measured.usage_date,
        measured.cost_pool,
        measured.cost_component,
        running.{{ owner_columns() | join(', running.') }},
        running.is_allocated,
        {%- for amount in ['part_share', 'part_cost_usd'] %}
        {{ split_exactly('measured.' ~ amount, 'running.running_units', '(running.running_units - running.driver_units)', 'measured.total_units') }} as {{ amount }},
        {%- endfor %}
        measured.driver || case when measured.unit_driver <> measured.driver then ', by ' || measured.unit_driver else '' end as driver,
        running.driver_units
    from measured
    inner join running on measured.usage_date = running.usage_date and measured.unit_driver = running.unit_driver and measured.borne_by = running.borne_by

),

{# What nobody used: all of it on a day without units, else the capacity above them. #}
left_over as (

    select
        usage_date,
        cost_pool,
        cost_component,
        {%- for column in owner_columns() %}
        {{ "cast(null as string)" if column in ('project_id', 'user_id') else "'unallocated'" }} as {{ column }},
        {%- endfor %}
        false as is_allocated,
        {%- for amount in ['part_share', 'part_cost_usd'] %}
        {{ money(amount ~ ' - case when used_units is null then 0 else ' ~ split_exactly(amount, 'used_units', money(0), 'total_units') ~ ' end') }} as {{ amount }},
        {%- endfor %}
        case when capacity_units_per_day is null then driver else 'unused capacity: ' || driver end as driver,
        {{ money('coalesce(capacity_units_per_day - coalesce(used_units, 0), 0)') }} as driver_units
    from measured
    where used_units is null or used_units < capacity_units_per_day

),

allocated as (

    select
        usage_date, cost_pool, cost_component, {{ owners }}, is_allocated, driver, driver_units, cast(part_share as double) as cost_share,
        part_cost_usd as allocated_cost_usd
    from split_by_driver
    union all
    select
        usage_date, cost_pool, cost_component, {{ owners }}, is_allocated, driver, driver_units, cast(part_share as double) as cost_share,
        part_cost_usd as allocated_cost_usd
    from left_over

)

select * from allocated
