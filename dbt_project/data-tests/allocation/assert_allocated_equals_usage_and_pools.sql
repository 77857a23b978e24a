{# Nothing vanishes and nothing is counted twice: per day and pool, what is allocated is what the calls cost, and what each day of
   a shared pool costs; and the days of a pool's month are what the seed says. #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

pool_days as (

    select * from {{ ref('int_pool_costs_daily') }}

),

pools as (

    select * from {{ ref('shared_cost_pools') }}

),

allocated_daily as (

    select
        usage_date,
        cost_pool,
        sum(allocated_cost_usd) as cost_usd
    from allocated_costs
    group by usage_date, cost_pool

),

to_allocate_daily as (

    select
        usage_date,
        'llm_usage' as cost_pool,
        sum(effective_cost_usd) as cost_usd
    from usage_daily
    group by usage_date
    union all
    select
        usage_date,
        cost_pool,
        pool_cost_usd as cost_usd
    from pool_days

),

allocated_monthly as (

    select
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        cost_pool,
        sum(allocated_cost_usd) as cost_usd
    from allocated_costs
    where cost_pool <> 'llm_usage'
    group by cast(date_trunc('month', usage_date) as date), cost_pool

),

compared as (

    select
        coalesce(allocated_daily.usage_date, to_allocate_daily.usage_date) as period_start_date,
        coalesce(allocated_daily.cost_pool, to_allocate_daily.cost_pool) as cost_pool,
        allocated_daily.cost_usd as allocated_cost_usd,
        to_allocate_daily.cost_usd as cost_to_allocate_usd
    from allocated_daily
    full outer join to_allocate_daily
        on allocated_daily.usage_date = to_allocate_daily.usage_date and allocated_daily.cost_pool = to_allocate_daily.cost_pool
    union all
    select
        coalesce(allocated_monthly.month_start_date, pools.month_start_date) as period_start_date,
        coalesce(allocated_monthly.cost_pool, pools.cost_pool) as cost_pool,
        allocated_monthly.cost_usd as allocated_cost_usd,
        pools.pool_cost_usd as cost_to_allocate_usd
    from allocated_monthly
    full outer join pools
        on allocated_monthly.month_start_date = pools.month_start_date and allocated_monthly.cost_pool = pools.cost_pool

)

select * from compared
where allocated_cost_usd is distinct from cost_to_allocate_usd
