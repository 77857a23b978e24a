{# Nothing vanishes and nothing is counted twice: per day and pool, what is allocated is what the ledger counts; and the days of a
   shared pool's month are what the seed says. #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

pools as (

    select * from {{ ref('shared_cost_pools') }}

),

compared as (

    select usage_date as period_start_date, cost_pool, allocated_cost_usd as cost_usd
    from allocated_costs
    union all
    select charge_date as period_start_date, cost_pool, -effective_cost_usd as cost_usd
    from charges
    where is_counted

),

differing as (

    select period_start_date, cost_pool, sum(cost_usd) as difference_usd
    from compared
    group by period_start_date, cost_pool
    having coalesce(sum(cost_usd), 0) <> 0

),

allocated_monthly as (

    select
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        cost_pool,
        sum(allocated_cost_usd) as cost_usd
    from allocated_costs
    where not is_direct and cost_pool in (select pools.cost_pool from pools)
    group by cast(date_trunc('month', usage_date) as date), cost_pool

)

select period_start_date, cost_pool, difference_usd
from differing
union all
select
    coalesce(allocated_monthly.month_start_date, pools.month_start_date) as period_start_date,
    coalesce(allocated_monthly.cost_pool, pools.cost_pool) as cost_pool,
    allocated_monthly.cost_usd - pools.pool_cost_usd as difference_usd
from allocated_monthly
full outer join pools
    on allocated_monthly.month_start_date = pools.month_start_date and allocated_monthly.cost_pool = pools.cost_pool
where allocated_monthly.cost_usd is distinct from pools.pool_cost_usd
