{# one row per calendar month x support pool, or `all` of them, x owner that bears its cost: what it gets directly, by the step-down and
   reciprocally #}

{% set methods = {'weights': 'direct', 'step_down': 'step_down', 'reciprocal': 'reciprocal'} %}

with support_pools as (

    select * from {{ ref('support_pools') }}

),

target_units as (

    select * from {{ ref('int_pool_target_units') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

pool_costs as (

    select
        cast(date_trunc('month', allocated_costs.usage_date) as date) as month_start_date,
        allocated_costs.cost_pool,
        support_pools.step_order,
        min(allocated_costs.driver) as driver,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as pool_cost_usd
    from allocated_costs
    inner join support_pools on allocated_costs.cost_pool = support_pools.cost_pool
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    where not allocated_costs.is_direct
    group by cast(date_trunc('month', allocated_costs.usage_date) as date), allocated_costs.cost_pool, support_pools.step_order

),

{# What came by a pool: its own cost and what others passed on to it. #}
gross_costs as (

    select
        pool_costs.month_start_date,
        {%- for driver in ['step_down', 'reciprocal'] %}
        {{ money("coalesce(sum(case when target_units.driver = '" ~ driver ~ "' then cast(pool_costs.pool_cost_usd as decimal(22, 12)) * cast(target_units.driver_units as decimal(15, 12)) end), 0)") }} as {{ driver }}_gross_cost_usd,
        {%- endfor %}
        target_units.target_value as cost_pool
    from pool_costs
    inner join target_units on pool_costs.cost_pool = target_units.cost_pool
    where target_units.target_column = 'came by'
    group by pool_costs.month_start_date, target_units.target_value

),

running as (

    select
        *,
        {{ money('sum(driver_units) over (partition by cost_pool, driver)') }} as total_units,
        {{ money('sum(driver_units) over (
            partition by cost_pool, driver order by target_column, target_value rows between unbounded preceding and current row
        )') }} as running_units
    from target_units
    where target_column <> 'came by'

),

split_costs as (

    select
        pool_costs.month_start_date,
        pool_costs.cost_pool,
        {%- for driver, method in methods.items() %}
        {{ money("sum(case when running.driver = '" ~ driver ~ "' then " ~ split_exactly('pool_costs.pool_cost_usd', 'running.running_units', '(running.running_units - running.driver_units)', 'running.total_units') ~ " end)") }} as {{ method }}_cost_usd,
        {%- endfor %}
        running.target_column,
        running.target_value
    from pool_costs
    inner join running on pool_costs.cost_pool = running.cost_pool
    where running.driver in ('{{ methods | join("', '") }}')
    group by pool_costs.month_start_date, pool_costs.cost_pool, running.target_column, running.target_value

),

by_pool as (

    select
        split_costs.month_start_date,
        pool_costs.step_order,
        split_costs.cost_pool,
        pool_costs.driver,
        split_costs.target_column,
        split_costs.target_value,
        pool_costs.pool_cost_usd,
        gross_costs.step_down_gross_cost_usd,
        gross_costs.reciprocal_gross_cost_usd,
        split_costs.direct_cost_usd,
        split_costs.step_down_cost_usd,
        split_costs.reciprocal_cost_usd
    from split_costs
    inner join pool_costs on split_costs.month_start_date = pool_costs.month_start_date and split_costs.cost_pool = pool_costs.cost_pool
    left join gross_costs on split_costs.month_start_date = gross_costs.month_start_date and split_costs.cost_pool = gross_costs.cost_pool

),

month_costs as (

    select month_start_date, {{ money('sum(pool_cost_usd)') }} as pool_cost_usd from pool_costs
    group by month_start_date

),

with_totals as (

    select
        month_start_date, step_order, cost_pool, driver, target_column, target_value, pool_cost_usd, step_down_gross_cost_usd,
        reciprocal_gross_cost_usd, direct_cost_usd, step_down_cost_usd, reciprocal_cost_usd
    from by_pool
    union all
    select
        by_pool.month_start_date,
        cast(null as integer) as step_order,
        'all' as cost_pool,
        cast(null as string) as driver,
        by_pool.target_column,
        by_pool.target_value,
        max(month_costs.pool_cost_usd) as pool_cost_usd,
        {{ money('null') }} as step_down_gross_cost_usd,
        {{ money('null') }} as reciprocal_gross_cost_usd,
        {{ money('sum(by_pool.direct_cost_usd)') }} as direct_cost_usd,
        {{ money('sum(by_pool.step_down_cost_usd)') }} as step_down_cost_usd,
        {{ money('sum(by_pool.reciprocal_cost_usd)') }} as reciprocal_cost_usd
    from by_pool
    inner join month_costs on by_pool.month_start_date = month_costs.month_start_date
    group by by_pool.month_start_date, by_pool.target_column, by_pool.target_value

),

dated as (

    select
        with_totals.*,
        {{ covered_days_of('with_totals.month_start_date') }}
    from with_totals
    cross join as_of

),

final as (

    select
        month_start_date,
        step_order,
        cost_pool,
        driver,
        target_column,
        target_value,
        pool_cost_usd,
        step_down_gross_cost_usd,
        reciprocal_gross_cost_usd,
        direct_cost_usd,
        step_down_cost_usd,
        reciprocal_cost_usd,
        {{ money('coalesce(step_down_cost_usd, 0) - coalesce(reciprocal_cost_usd, 0)') }} as step_down_less_reciprocal_usd,
        {{ ratio('coalesce(step_down_cost_usd, 0) - coalesce(reciprocal_cost_usd, 0)', 'reciprocal_cost_usd') }} as step_down_less_reciprocal_share,
        covered_days,
        days_in_month
    from dated

)

select * from final
