{# one row per plan; every customer of the trailing 30 days summed under it, and what the churn scenarios leave of it #}

with plan_backtests as (

    select * from {{ ref('rpt_plan_backtests') }}

),

plan_scenarios as (

    select * from {{ ref('int_plan_scenarios') }}

),

pricing_assumptions as (

    select * from {{ ref('pricing_assumptions') }}

),

assumptions as (

    select
        max(assumption_value) filter (where assumption_name = 'steep_rise_from_share') as steep_rise_from_share,
        max(assumption_value) filter (where assumption_name = 'steep_rise_customers_up_to_share') as steep_rise_customers_up_to_share,
        max(assumption_value) filter (where assumption_name = 'margin_gain_from_share') as margin_gain_from_share
    from pricing_assumptions

),

summed as (

    select
        plan_backtests.plan_id,
        plan_backtests.plan_name,
        plan_backtests.plan_kind,
        plan_backtests.is_current_plan,
        count(*) as customers,
        {{ money('sum(plan_backtests.revenue_usd)') }} as revenue_usd,
        {{ money('sum(plan_backtests.usage_fee_usd)') }} as usage_fee_usd,
        {{ money('sum(plan_backtests.cost_to_serve_usd)') }} as cost_to_serve_usd,
        {{ money('sum(plan_backtests.gross_margin_usd)') }} as gross_margin_usd,
        {{ money('sum(plan_backtests.current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(plan_backtests.current_gross_margin_usd)') }} as current_gross_margin_usd,
        {{ money('sum(plan_backtests.revenue_change_usd)') }} as revenue_change_usd,
        count(*) filter (where plan_backtests.is_unprofitable) as unprofitable_customers,
        count(*) filter (where plan_backtests.revenue_change_usd > 0) as customers_paying_more,
        count(*) filter (where plan_backtests.revenue_change_usd < 0) as customers_paying_less,
        count(*) filter (where plan_backtests.revenue_change_usd = 0) as customers_unchanged,
        count(*) filter (where plan_backtests.current_revenue_usd > 0) as paying_customers,
        count(*) filter (where plan_backtests.revenue_change_share > assumptions.steep_rise_from_share) as customers_with_steep_rise
    from plan_backtests
    cross join assumptions
    group by plan_backtests.plan_id, plan_backtests.plan_name, plan_backtests.plan_kind, plan_backtests.is_current_plan

),

pivoted as (

    select
        plan_id,
        max(expected_customers_lost) filter (where churn_scenario = 'low') as customers_lost_low_churn,
        max(expected_customers_lost) filter (where churn_scenario = 'base') as customers_lost_base_churn,
        max(expected_customers_lost) filter (where churn_scenario = 'high') as customers_lost_high_churn,
        max(expected_revenue_usd) filter (where churn_scenario = 'low') as revenue_low_churn_usd,
        max(expected_revenue_usd) filter (where churn_scenario = 'base') as revenue_base_churn_usd,
        max(expected_revenue_usd) filter (where churn_scenario = 'high') as revenue_high_churn_usd,
        max(expected_gross_margin_usd) filter (where churn_scenario = 'low') as gross_margin_low_churn_usd,
        max(expected_gross_margin_usd) filter (where churn_scenario = 'base') as gross_margin_base_churn_usd,
        max(expected_gross_margin_usd) filter (where churn_scenario = 'high') as gross_margin_high_churn_usd
    from plan_scenarios
    group by plan_id

),

joined as (

    select
        summed.*,
        assumptions.steep_rise_customers_up_to_share,
        assumptions.margin_gain_from_share,
        {{ ratio('summed.gross_margin_usd', 'summed.revenue_usd') }} as gross_margin_share,
        {{ ratio('summed.customers_with_steep_rise', 'summed.paying_customers') }} as steep_rise_customer_share,
        pivoted.customers_lost_low_churn,
        pivoted.customers_lost_base_churn,
        pivoted.customers_lost_high_churn,
        pivoted.revenue_low_churn_usd,
        pivoted.revenue_base_churn_usd,
        pivoted.revenue_high_churn_usd,
        pivoted.gross_margin_low_churn_usd,
        pivoted.gross_margin_base_churn_usd,
        pivoted.gross_margin_high_churn_usd
    from summed
    cross join assumptions
    left join pivoted on summed.plan_id = pivoted.plan_id

)

select * from joined
