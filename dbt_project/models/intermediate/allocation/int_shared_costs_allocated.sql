{# one row per shared cost pool x UTC day x owner with units of its driver on that day; a day without any has one unallocated row #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{% set owners = owner_columns() | join(', ') %}

with charges as (

    select * from {{ ref('fct_charges') }}

),

usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

pool_targets as (

    select * from {{ ref('pool_targets') }}

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

{# Only the days that a pool covers are summed: with no pool, nothing is. #}
usage_units as (

    select
        usage_date,
        {{ owners }},
        is_allocated,
        sum(calls) as calls,
        sum(input_tokens) + sum(output_tokens) as tokens,
        sum(effective_cost_usd) as effective_cost_usd
    from usage_owned
    where {{ is_changed_day('usage_date') }} and usage_date in (select pool_days.usage_date from pool_days)
    group by usage_date, {{ owners }}, is_allocated

),

driver_days as (

    select distinct usage_date, driver
    from pool_days

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
    where {{ is_changed_day('usage_owned.usage_date') }}
    group by all

),

{# What shared costs are shared out by. A new driver is rows here: its name, the day, the owner and the units. #}
units_by_driver as (

    select 'calls' as driver, usage_date, {{ owners }}, is_allocated, {{ money('calls') }} as driver_units
    from usage_units
    union all
    select 'tokens' as driver, usage_date, {{ owners }}, is_allocated, {{ money('tokens') }} as driver_units
    from usage_units
    union all
    select 'effective_cost' as driver, usage_date, {{ owners }}, is_allocated, {{ money('effective_cost_usd') }} as driver_units
    from usage_units
    union all
    select driver, usage_date, {{ owners }}, is_allocated, {{ money('tokens') }} as driver_units
    from served_units

),

driver_units as (

    select * from units_by_driver
    where driver_units > 0

),

{# A pool without targets is borne by whoever has units. #}
targeted as (

    select
        pool_days.*,
        pool_targets.target_column,
        pool_targets.target_value
    from pool_days
    left join pool_targets on pool_days.cost_pool = pool_targets.cost_pool

),

driven as (

    select distinct
        driver_units.*,
        targeted.cost_pool,
        targeted.cost_component,
        targeted.pool_cost_usd
    from targeted
    inner join driver_units
        on
            targeted.usage_date = driver_units.usage_date
            and targeted.driver = driver_units.driver
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
        {{ money('sum(driver_units) over (partition by usage_date, cost_pool)') }} as total_units,
        {{ money('sum(driver_units) over (
            partition by usage_date, cost_pool
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
        {{ ratio('driver_units', 'total_units') }} as cost_share,
        {{ split_exactly('pool_cost_usd', 'running_units', '(running_units - driver_units)', 'total_units') }} as allocated_cost_usd
    from running

),

without_driver as (

    select
        usage_date,
        cost_pool,
        cost_component,
        {%- for column in owner_columns() %}
        {{ "cast(null as string)" if column in ('project_id', 'user_id') else "'unallocated'" }} as {{ column }},
        {%- endfor %}
        false as is_allocated,
        driver,
        {{ money(0) }} as driver_units,
        cast(1 as double) as cost_share,
        pool_cost_usd as allocated_cost_usd
    from pool_days
    where not exists (
        select 1 from running
        where running.usage_date = pool_days.usage_date and running.cost_pool = pool_days.cost_pool
    )

),

allocated as (

    select
        usage_date, cost_pool, cost_component, {{ owners }}, is_allocated, driver, driver_units, cost_share, allocated_cost_usd
    from split_by_driver
    union all
    select
        usage_date, cost_pool, cost_component, {{ owners }}, is_allocated, driver, driver_units, cost_share, allocated_cost_usd
    from without_driver

)

select * from allocated
