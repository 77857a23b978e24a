{# one row per UTC day x shared cost pool x driver (activity): what it costs, and which part of the pool's cost of the day that is. A view:
   who shares out takes the days that it needs #}

{{ config(materialized=view_or_table()) }}

{% set whole = "cast(1 as decimal(28, 12))" %}

with pool_charges as (

    select * from {{ ref('int_charges__pools') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

bill_charges as (

    select * from {{ ref('int_charges__focus') }}

),

cost_components as (

    select * from {{ ref('cost_components') }}

),

pool_activities as (

    select * from {{ ref('pool_activities') }}
    where cost_weight > 0

),

charges as (

    select charge_date, cost_pool, allocation_driver, effective_cost_usd from pool_charges
    where is_counted
    union all
    select charge_date, cost_pool, allocation_driver, effective_cost_usd from capacity_charges
    where is_counted
    union all
    select charge_date, cost_pool, allocation_driver, effective_cost_usd from bill_charges
    where is_counted and not is_direct

),

{# Where a pool has activities, those are its drivers. #}
driven as (

    select
        charge_date as usage_date,
        cost_pool,
        case when cost_pool not in (select pool_activities.cost_pool from pool_activities) then allocation_driver end as driver,
        effective_cost_usd
    from charges

),

pool_costs as (

    select
        usage_date,
        cost_pool,
        driver,
        {{ money('sum(effective_cost_usd)') }} as pool_cost_usd
    from driven
    group by usage_date, cost_pool, driver

),

{# Charges of one pool may have drivers of their own: idle CPU and idle memory. #}
pool_days as (

    select
        *,
        count(*) over (partition by usage_date, cost_pool) as drivers,
        {{ money('sum(pool_cost_usd) over (partition by usage_date, cost_pool)') }} as total_cost_usd,
        {{ money('sum(pool_cost_usd) over (partition by usage_date, cost_pool order by driver nulls last rows between unbounded preceding and current row)') }} as running_cost_usd
    from pool_costs

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

shared_days as (

    select
        *,
        case
            when drivers = 1 then {{ whole }}
            when total_cost_usd <> 0 then {{ split_exactly(whole, 'running_cost_usd', '(running_cost_usd - pool_cost_usd)', 'total_cost_usd') }}
        end as day_share
    from pool_days

),

{# What each activity of a pool costs on the day. #}
parts as (

    select
        shared_days.usage_date,
        shared_days.cost_pool,
        coalesce(cost_components.cost_component, 'other') as cost_component,
        coalesce(activities.driver, shared_days.driver) as driver,
        {%- for amount, part in [('day_share', 'part_share'), ('pool_cost_usd', 'part_cost_usd')] %}
        case
            when activities.driver is null then shared_days.{{ amount }}
            else {{ split_exactly('shared_days.' ~ amount, 'activities.running_weight', '(activities.running_weight - activities.cost_weight)', 'activities.total_weight') }}
        end as {{ part }},
        {%- endfor %}
        activities.capacity_units_per_day
    from shared_days
    left join weighed_activities as activities on shared_days.cost_pool = activities.cost_pool
    left join cost_components on cost_components.match_on = 'cost_pool' and shared_days.cost_pool = cost_components.match_value

)

select * from parts
