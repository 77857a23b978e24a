{# Revenue (on equal days) and cost of the trailing 30 days are the same by day, by customer and by band; by feature, too, once the
   unallocated cost of serving is added, which has features but no customer. #}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

daily as (

    select
        coalesce(sum(margins.equal_day_revenue_usd), 0) as revenue_usd,
        coalesce(sum(margins.cost_to_serve_usd), 0) as cost_usd
    from {{ ref('fct_customer_margins_daily') }} as margins
    cross join as_of
    where margins.usage_date between as_of.window_start_date and as_of.as_of_date

),

unallocated as (

    select coalesce(sum(costs.allocated_cost_usd), 0) as cost_usd
    from {{ ref('fct_allocated_costs_daily') }} as costs
    cross join as_of
    where not costs.is_allocated and {{ serves_customers('costs') }} and costs.usage_date between as_of.window_start_date and as_of.as_of_date

),

reports as (

    select
        'rpt_customer_margins' as mart,
        sum(revenue_usd) as revenue_usd,
        sum(cost_to_serve_usd) as cost_usd,
        false as has_unallocated
    from {{ ref('rpt_customer_margins') }}
    union all
    select
        'rpt_margin_distribution' as mart,
        sum(revenue_usd) as revenue_usd,
        sum(cost_to_serve_usd) as cost_usd,
        false as has_unallocated
    from {{ ref('rpt_margin_distribution') }}
    union all
    select
        'rpt_feature_economics' as mart,
        sum(allocated_revenue_usd) as revenue_usd,
        sum(cost_to_serve_usd) as cost_usd,
        true as has_unallocated
    from {{ ref('rpt_feature_economics') }}

)

select reports.*
from reports
cross join daily
cross join unallocated
where
    coalesce(reports.revenue_usd, 0) <> daily.revenue_usd
    or coalesce(reports.cost_usd, 0) <> daily.cost_usd + case when reports.has_unallocated then unallocated.cost_usd else 0 end
