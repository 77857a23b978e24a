{# A plan without metered units asks of a customer with one plan on record, at the fee of the list, exactly what accrues today, in every period. #}

with plans_on_record as (

    select
        customer_id,
        min(monthly_fee_usd) as monthly_fee_usd
    from {{ ref('int_customers_validated') }}
    where rejection_reason is null
    group by customer_id
    having count(*) = 1

)

select
    plan_invoices.customer_id,
    plan_invoices.plan_id,
    plan_invoices.billing_period_kind,
    plan_invoices.period_start_date,
    plan_invoices.list_fee_usd,
    plan_invoices.current_revenue_usd
from {{ ref('int_plan_invoices') }} as plan_invoices
inner join {{ ref('pricing_plans') }} as tier_prices
    on
        plan_invoices.plan_id = tier_prices.plan_id
        and plan_invoices.subscription_tier = tier_prices.subscription_tier
inner join plans_on_record
    on
        plan_invoices.customer_id = plans_on_record.customer_id
        and tier_prices.base_fee_usd = plans_on_record.monthly_fee_usd
where tier_prices.usage_unit = 'none' and plan_invoices.list_fee_usd <> plan_invoices.current_revenue_usd
