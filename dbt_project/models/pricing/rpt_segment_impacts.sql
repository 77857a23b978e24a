{# one row per plan x segment of one kind (subscription tier, usage archetype, both together, margin today); the trailing 30 days #}

with plan_backtests as (

    select * from {{ ref('rpt_plan_backtests') }}

),

in_segments as (

    select
        'subscription_tier' as segment_kind,
        plan_backtests.subscription_tier as segment,
        plan_backtests.*
    from plan_backtests
    union all
    select
        'usage_archetype' as segment_kind,
        plan_backtests.usage_archetype as segment,
        plan_backtests.*
    from plan_backtests
    union all
    select
        'tier_and_archetype' as segment_kind,
        plan_backtests.subscription_tier || ' / ' || plan_backtests.usage_archetype as segment,
        plan_backtests.*
    from plan_backtests
    union all
    select
        'margin_today' as segment_kind,
        case
            when plan_backtests.current_gross_margin_usd < 0 then 'loses_money'
            when plan_backtests.current_gross_margin_usd >= 0 then 'earns_money'
            else 'cost_unknown'
        end as segment,
        plan_backtests.*
    from plan_backtests

),

summed as (

    select
        plan_id,
        plan_name,
        plan_label,
        is_current_plan,
        is_recommended,
        segment_kind,
        segment,
        count(*) as customers,
        {{ money('sum(current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(revenue_usd)') }} as revenue_usd,
        {{ money('sum(revenue_change_usd)') }} as revenue_change_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_to_serve_usd,
        {{ money('sum(current_gross_margin_usd)') }} as current_gross_margin_usd,
        {{ money('sum(gross_margin_usd)') }} as gross_margin_usd,
        {{ ratio('sum(gross_margin_usd)', 'sum(revenue_usd) filter (where gross_margin_usd is not null)') }} as gross_margin_share,
        {{ money('sum(gross_margin_usd * (1 - leave_probability_low))') }} as gross_margin_low_churn_usd,
        {{ money('sum(gross_margin_usd * (1 - leave_probability_base))') }} as gross_margin_base_churn_usd,
        {{ money('sum(gross_margin_usd * (1 - leave_probability_high))') }} as gross_margin_high_churn_usd,
        count(*) filter (where current_gross_margin_usd < 0) as current_unprofitable_customers,
        count(*) filter (where is_unprofitable) as unprofitable_customers,
        count(*) filter (where is_active) as active_customers,
        count(*) filter (where is_active and revenue_change_usd > 0) as customers_paying_more,
        count(*) filter (where is_active and revenue_change_usd < 0) as customers_paying_less,
        max(plan_gross_margin_base_churn_usd) as plan_gross_margin_base_churn_usd,
        {{ percentile('revenue_change_share', 0.5) }} as revenue_change_share_p50
    from in_segments
    group by plan_id, plan_name, plan_label, is_current_plan, is_recommended, segment_kind, segment

),

compared as (

    select
        plan_id,
        plan_name,
        plan_label,
        is_current_plan,
        is_recommended,
        segment_kind,
        segment,
        customers,
        current_revenue_usd,
        revenue_usd,
        revenue_change_usd,
        {{ ratio('revenue_change_usd', 'current_revenue_usd') }} as revenue_change_share,
        revenue_change_share_p50,
        case
            when revenue_change_usd > 0
                then {{ ratio('revenue_change_usd', 'sum(greatest(revenue_change_usd, 0)) over (partition by plan_id, segment_kind)') }}
        end as rise_share,
        cost_to_serve_usd,
        current_gross_margin_usd,
        gross_margin_usd,
        gross_margin_low_churn_usd,
        gross_margin_base_churn_usd,
        gross_margin_high_churn_usd,
        {{ money('gross_margin_base_churn_usd - current_gross_margin_usd') }} as gain_usd,
        {{ money('least(gross_margin_low_churn_usd, gross_margin_high_churn_usd) - current_gross_margin_usd') }} as gain_low_usd,
        {{ money('greatest(gross_margin_low_churn_usd, gross_margin_high_churn_usd) - current_gross_margin_usd') }} as gain_high_usd,
        gross_margin_share,
        current_unprofitable_customers,
        unprofitable_customers,
        active_customers,
        customers_paying_more,
        customers_paying_less,
        active_customers - customers_paying_more - customers_paying_less as customers_unchanged,
        plan_gross_margin_base_churn_usd
    from summed

)

select * from compared
