{# The shares of a day's pool are the whole pool. #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

shares as (

    select
        usage_date,
        cost_pool,
        sum(cost_share) as cost_share
    from allocated_costs
    group by usage_date, cost_pool
    having sum(allocated_cost_usd) > 0

)

select * from shares
where cost_share is null or abs(cost_share - 1) > 0.000000001
