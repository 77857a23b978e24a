{# one row per active customer x limit that it has reached, on the as-of date #}

with levels as (

    select * from {{ ref('int_customer_cost_levels') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

tiers as (

    select * from {{ ref('subscription_tiers') }}

),

measured as (

    select
        levels.*,
        {{ ratio('levels.cost_usd', 'levels.revenue_usd') }} as cost_share_of_revenue,
        {{ money('levels.month_cost_usd + levels.days_remaining * coalesce(levels.cost_per_day_usd, 0)') }} as projected_month_cost_usd,
        {{ ratio('levels.recent_cost_per_day_usd', 'levels.recent_revenue_per_day_usd') }} as recent_cost_share_of_revenue,
        {{ ratio('levels.recent_cost_per_day_usd', 'levels.earlier_cost_per_day_usd') }} as growth_ratio
    from levels

),

over_share as (

    select
        measured.*,
        'cost_share_of_revenue' as alert_kind,
        case when measured.cost_share_of_revenue >= {{ assumption('cost_share_of_revenue_limit') }} then 'over the limit' else 'close to the limit' end as severity,
        {{ assumption('cost_share_of_revenue_limit') }} as limit_share
    from measured
    where measured.cost_share_of_revenue >= {{ assumption('cost_share_of_revenue_warning') }}

),

outgrown as (

    select
        measured.*,
        'tier_outgrown' as alert_kind,
        'over the limit' as severity,
        {{ assumption('cost_share_of_revenue_limit') }} as limit_share
    from measured
    where
        measured.earlier_days >= {{ assumption('anomaly_min_history_days') }}
        and measured.recent_cost_share_of_revenue >= {{ assumption('cost_share_of_revenue_limit') }}
        and measured.growth_ratio >= {{ assumption('tier_outgrown_growth') }}

),

alerts as (

    select * from over_share
    union all
    select * from outgrown

),

final as (

    select
        alerts.alert_kind,
        alerts.customer_id,
        customers.customer_name,
        customers.subscription_tier,
        customers.monthly_fee_usd,
        next_tier.subscription_tier as next_tier,
        cast(next_tier.monthly_fee_usd as decimal(28, 12)) as next_tier_fee_usd,
        alerts.severity,
        alerts.limit_share,
        alerts.revenue_usd,
        alerts.cost_usd,
        alerts.cost_share_of_revenue,
        {{ money('alerts.cost_usd - alerts.revenue_usd * cast(alerts.limit_share as decimal(9, 6))') }} as cost_above_limit_usd,
        alerts.month_revenue_usd,
        alerts.month_cost_usd,
        alerts.projected_month_cost_usd,
        alerts.days_remaining,
        alerts.recent_cost_share_of_revenue,
        alerts.growth_ratio
    from alerts
    inner join customers on alerts.customer_id = customers.customer_id
    left join tiers on customers.subscription_tier = tiers.subscription_tier
    left join tiers as next_tier on tiers.tier_rank + 1 = next_tier.tier_rank

)

select * from final
