{# one row per calendar month x shared cost pool x driver: what the activity cost, what a unit of its driver cost, and what was not used #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

parts as (

    select
        cast(date_trunc('month', allocated_costs.usage_date) as date) as month_start_date,
        allocated_costs.cost_pool,
        allocated_costs.cost_component,
        replace(allocated_costs.driver, 'unused capacity: ', '') as driver,
        allocated_costs.driver like 'unused capacity: %' as is_unused,
        allocated_costs.driver_units,
        allocated_costs.team_id <> 'unallocated' or allocated_costs.customer_id <> 'unallocated' as has_owner,
        allocated_costs.customer_id,
        allocated_costs.allocated_cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    where not allocated_costs.is_direct

),

summed as (

    select
        month_start_date,
        cost_pool,
        cost_component,
        driver,
        {{ money('sum(allocated_cost_usd)') }} as activity_cost_usd,
        {{ money('coalesce(sum(case when not is_unused then driver_units end), 0)') }} as driver_units,
        {{ money('coalesce(sum(case when not is_unused and driver_units > 0 then allocated_cost_usd end), 0)') }} as used_cost_usd,
        {{ money('coalesce(sum(case when is_unused then allocated_cost_usd end), 0)') }} as unused_capacity_cost_usd,
        {{ money('coalesce(sum(case when not is_unused and driver_units = 0 then allocated_cost_usd end), 0)') }} as cost_without_units_usd,
        {{ money('coalesce(sum(case when has_owner then allocated_cost_usd end), 0)') }} as owned_cost_usd,
        cast(count(distinct case when customer_id <> 'unallocated' then customer_id end) as bigint) as customers
    from parts
    group by month_start_date, cost_pool, cost_component, driver

),

dated as (

    select
        summed.*,
        {{ covered_days_of('summed.month_start_date') }}
    from summed
    cross join as_of

),

final as (

    select
        month_start_date,
        cost_pool,
        cost_component,
        driver,
        {{ money('sum(activity_cost_usd) over (partition by month_start_date, cost_pool)') }} as pool_cost_usd,
        activity_cost_usd,
        driver_units,
        {{ money_of_double(ratio('used_cost_usd', 'driver_units')) }} as usd_per_driver_unit,
        used_cost_usd,
        unused_capacity_cost_usd,
        cost_without_units_usd,
        {{ ratio('unused_capacity_cost_usd', 'activity_cost_usd') }} as unused_share,
        owned_cost_usd,
        customers,
        covered_days,
        days_in_month
    from dated

)

select * from final
