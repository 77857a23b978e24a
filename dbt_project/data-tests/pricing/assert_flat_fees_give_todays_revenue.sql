{# A plan without metered units whose fee is the customer's own fee invoices exactly what accrues today, in every period. #}

select
    plan_invoices.customer_id,
    plan_invoices.plan_id,
    plan_invoices.billing_period_kind,
    plan_invoices.period_start_date,
    plan_invoices.revenue_usd,
    plan_invoices.current_revenue_usd
from {{ ref('int_plan_invoices') }} as plan_invoices
inner join {{ ref('pricing_plans') }} as tier_prices
    on
        plan_invoices.plan_id = tier_prices.plan_id
        and plan_invoices.subscription_tier = tier_prices.subscription_tier
inner join {{ ref('dim_customers') }} as customers
    on
        plan_invoices.customer_id = customers.customer_id
        and tier_prices.base_fee_usd = customers.monthly_fee_usd
where tier_prices.usage_unit = 'none' and plan_invoices.revenue_usd <> plan_invoices.current_revenue_usd
