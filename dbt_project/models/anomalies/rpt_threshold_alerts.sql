{# one row per active customer x limit that it has reached, on the as-of date; a view of the measures that rules judge #}

{{ config(materialized=view_or_table()) }}

with measures as (

    select * from {{ ref('fct_alert_measures') }}

),

levels as (

    select * from {{ ref('int_customer_cost_levels') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

tiers as (

    select * from {{ ref('subscription_tiers') }}

),

reached as (

    select
        measures.measure as alert_kind,
        measures.subject_id as customer_id,
        case
            when measures.measure = 'tier_outgrown' or measures.value >= {{ assumption('cost_share_of_revenue_limit') }} then 'over the limit'
            else 'close to the limit'
        end as severity,
        {{ assumption('cost_share_of_revenue_limit') }} as limit_share
    from measures
    where
        (measures.measure = 'cost_share_of_revenue' and measures.value >= {{ assumption('cost_share_of_revenue_warning') }})
        or (measures.measure = 'tier_outgrown' and measures.value >= {{ assumption('tier_outgrown_growth') }})

),

final as (

    select
        reached.alert_kind,
        reached.customer_id,
        customers.customer_name,
        customers.subscription_tier,
        customers.monthly_fee_usd,
        next_tier.subscription_tier as next_tier,
        cast(next_tier.monthly_fee_usd as decimal(28, 12)) as next_tier_fee_usd,
        reached.severity,
        reached.limit_share,
        levels.revenue_usd,
        levels.cost_usd,
        levels.cost_share_of_revenue,
        {{ money('levels.cost_usd - levels.revenue_usd * ' ~ decimal_of_double('reached.limit_share', 'decimal(9, 6)')) }} as cost_above_limit_usd,
        levels.month_revenue_usd,
        levels.month_cost_usd,
        levels.projected_month_cost_usd,
        levels.days_remaining,
        levels.recent_cost_share_of_revenue,
        levels.growth_ratio
    from reached
    inner join levels on reached.customer_id = levels.customer_id
    inner join customers on reached.customer_id = customers.customer_id
    left join tiers on customers.subscription_tier = tiers.subscription_tier
    left join tiers as next_tier on tiers.tier_rank + 1 = next_tier.tier_rank

)

select * from final
