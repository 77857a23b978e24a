{# one row per customer x plan, for customers with a subscription or cost in the trailing 30 days #}

with plan_invoices as (

    select * from {{ ref('int_plan_invoices') }}

),

higher_tiers as (

    select * from {{ ref('int_plan_higher_tiers') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

churn_scenarios as (

    select * from {{ ref('pricing_churn_scenarios') }}

),

plans as (

    select distinct plan_id, plan_name, plan_kind, is_current from pricing_plans

),

compared as (

    select
        *,
        {{ margin_of('current_revenue_usd', 'cost_to_serve_usd') }} as current_gross_margin_usd,
        {{ money('revenue_usd - current_revenue_usd') }} as revenue_change_usd,
        {{ ratio('revenue_usd - current_revenue_usd', 'current_revenue_usd') }} as revenue_change_share
    from plan_invoices
    where billing_period_kind = 'trailing_30_days'

),

steps as (

    select
        churn_scenario,
        rise_from_share,
        leave_probability,
        lead(rise_from_share) over (partition by churn_scenario order by rise_from_share) as next_rise_from_share
    from churn_scenarios

),

{# An invoice where there was none is a rise beyond every step. One that falls, or stays, makes nobody leave. #}
responses as (

    select
        compared.customer_id,
        compared.plan_id,
        max(steps.leave_probability) filter (where steps.churn_scenario = 'low') as leave_probability_low,
        max(steps.leave_probability) filter (where steps.churn_scenario = 'base') as leave_probability_base,
        max(steps.leave_probability) filter (where steps.churn_scenario = 'high') as leave_probability_high
    from compared
    inner join steps
        on
            (compared.revenue_change_share >= steps.rise_from_share or compared.revenue_change_share is null)
            and (steps.next_rise_from_share is null or compared.revenue_change_share < steps.next_rise_from_share)
    where compared.revenue_change_usd > 0
    group by compared.customer_id, compared.plan_id

),

final as (

    select
        compared.customer_id,
        customers.customer_name,
        customers.organization_id,
        compared.subscription_tier,
        customers.usage_archetype,
        compared.plan_id,
        plans.plan_name,
        plans.plan_kind,
        plans.is_current as is_current_plan,
        compared.is_priced_by_plan,
        compared.subscribed_days,
        compared.usage_unit,
        compared.billable_calls,
        compared.billable_tokens,
        compared.included_units,
        compared.charged_units,
        compared.base_fee_usd,
        compared.usage_fee_usd,
        compared.revenue_usd,
        compared.cost_to_serve_usd,
        compared.uncosted_calls,
        compared.gross_margin_usd,
        {{ ratio('compared.gross_margin_usd', 'compared.revenue_usd') }} as gross_margin_share,
        compared.gross_margin_usd < 0 as is_unprofitable,
        compared.current_revenue_usd,
        compared.current_gross_margin_usd,
        compared.revenue_change_usd,
        compared.revenue_change_share,
        higher_tiers.higher_tier_revenue_usd,
        compared.list_fee_usd,
        cast(coalesce(responses.leave_probability_low, 0) as decimal(6, 4)) as leave_probability_low,
        cast(coalesce(responses.leave_probability_base, 0) as decimal(6, 4)) as leave_probability_base,
        cast(coalesce(responses.leave_probability_high, 0) as decimal(6, 4)) as leave_probability_high
    from compared
    inner join plans on compared.plan_id = plans.plan_id
    left join higher_tiers on compared.customer_id = higher_tiers.customer_id and compared.plan_id = higher_tiers.plan_id
    left join customers on compared.customer_id = customers.customer_id
    left join responses on compared.customer_id = responses.customer_id and compared.plan_id = responses.plan_id

)

select * from final
