{# Per day: cost to serve of the known customers and the unallocated cost are the whole allocation, to the last decimal. #}

with margins as (

    select
        usage_date,
        sum(cost_to_serve_usd) as cost_usd
    from {{ ref('fct_customer_margins_daily') }}
    group by usage_date

),

allocation as (

    select
        usage_date,
        sum(allocated_cost_usd) as cost_usd,
        coalesce(sum(allocated_cost_usd) filter (where not is_allocated), 0) as unallocated_usd
    from {{ ref('fct_allocated_costs_daily') }}
    group by usage_date

)

select
    coalesce(margins.usage_date, allocation.usage_date) as usage_date,
    margins.cost_usd,
    allocation.unallocated_usd,
    allocation.cost_usd as allocated_usd
from allocation
full outer join margins on allocation.usage_date = margins.usage_date
where coalesce(margins.cost_usd, 0) + coalesce(allocation.unallocated_usd, 0) <> coalesce(allocation.cost_usd, 0)
