{# Each plan's backtest, comparison and segments cover the same revenue of today and the same cost as the customer margins, with what a cap
   leaves unserved. #}

with customer_margins as (

    select
        sum(revenue_usd) as revenue_usd,
        sum(cost_to_serve_usd) as cost_usd
    from {{ ref('rpt_customer_margins') }}

),

covered as (

    select
        'rpt_plan_backtests' as mart,
        plan_id,
        sum(current_revenue_usd) as revenue_usd,
        sum(cost_to_serve_usd + not_served_usd) as cost_usd,
        sum(revenue_usd) as plan_revenue_usd
    from {{ ref('rpt_plan_backtests') }}
    group by plan_id
    union all
    select
        'rpt_plan_comparison' as mart,
        plan_id,
        current_revenue_usd,
        cost_to_serve_usd + not_served_usd as cost_usd,
        revenue_usd as plan_revenue_usd
    from {{ ref('rpt_plan_comparison') }}
    union all
    select
        'rpt_segment_impacts by ' || segments.segment_kind as mart,
        segments.plan_id,
        sum(segments.current_revenue_usd) as revenue_usd,
        sum(segments.cost_to_serve_usd) + max(plans.not_served_usd) as cost_usd,
        sum(segments.revenue_usd) as plan_revenue_usd
    from {{ ref('rpt_segment_impacts') }} as segments
    inner join {{ ref('rpt_plan_comparison') }} as plans on segments.plan_id = plans.plan_id
    group by segments.plan_id, segments.segment_kind

),

with_plan_revenue as (

    select
        *,
        min(plan_revenue_usd) over (partition by plan_id) as lowest_plan_revenue_usd
    from covered

)

select with_plan_revenue.*
from with_plan_revenue
cross join customer_margins
where
    with_plan_revenue.revenue_usd <> customer_margins.revenue_usd
    or with_plan_revenue.cost_usd <> customer_margins.cost_usd
    or with_plan_revenue.plan_revenue_usd <> with_plan_revenue.lowest_plan_revenue_usd
