{# one row per customer x plan, for customers with a subscription or cost in the trailing 30 days #}

with plan_invoices as (

    select * from {{ ref('int_plan_invoices') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

plans as (

    select distinct plan_id, plan_name, plan_kind, is_current from pricing_plans

),

compared as (

    select
        plan_invoices.customer_id,
        customers.customer_name,
        customers.organization_id,
        plan_invoices.subscription_tier,
        customers.usage_archetype,
        plan_invoices.plan_id,
        plans.plan_name,
        plans.plan_kind,
        plans.is_current as is_current_plan,
        plan_invoices.is_priced_by_plan,
        plan_invoices.subscribed_days,
        plan_invoices.usage_unit,
        plan_invoices.billable_calls,
        plan_invoices.billable_tokens,
        plan_invoices.included_units,
        plan_invoices.charged_units,
        plan_invoices.base_fee_usd,
        plan_invoices.usage_fee_usd,
        plan_invoices.revenue_usd,
        plan_invoices.cost_to_serve_usd,
        plan_invoices.gross_margin_usd,
        {{ ratio('plan_invoices.gross_margin_usd', 'plan_invoices.revenue_usd') }} as gross_margin_share,
        plan_invoices.gross_margin_usd < 0 as is_unprofitable,
        plan_invoices.current_revenue_usd,
        {{ money('plan_invoices.current_revenue_usd - plan_invoices.cost_to_serve_usd') }} as current_gross_margin_usd,
        {{ money('plan_invoices.revenue_usd - plan_invoices.current_revenue_usd') }} as revenue_change_usd,
        {{ ratio('plan_invoices.revenue_usd - plan_invoices.current_revenue_usd', 'plan_invoices.current_revenue_usd') }} as revenue_change_share
    from plan_invoices
    inner join plans on plan_invoices.plan_id = plans.plan_id
    left join customers on plan_invoices.customer_id = customers.customer_id
    where plan_invoices.billing_period_kind = 'trailing_30_days'

)

select * from compared
