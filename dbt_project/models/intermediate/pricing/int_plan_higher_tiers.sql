{# one row per customer x plan with a dearer tier, trailing 30 days: the same use invoiced in the cheapest of the dearer tiers.
   Cheaper tiers are left out: who could do with less could move down today as well; so are customers with a contract of their own, and
   those whose tier changed in the 30 days. #}

with plan_invoices as (

    select * from {{ ref('int_plan_invoices') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

{# Fee and included units of another tier accrue with the days as those of the customer's own tier do. #}
accrued as (

    select
        plan_invoices.customer_id,
        plan_invoices.plan_id,
        plan_invoices.billable_calls,
        plan_invoices.billable_tokens,
        own.base_fee_usd as own_fee_usd,
        case
            when own.base_fee_usd > 0 then {{ ratio('plan_invoices.list_fee_usd', 'own.base_fee_usd') }}
            else {{ ratio('plan_invoices.subscribed_days', '30') }}
        end as months
    from plan_invoices
    inner join pricing_plans as own
        on plan_invoices.plan_id = own.plan_id and plan_invoices.subscription_tier = own.subscription_tier
    where plan_invoices.billing_period_kind = 'trailing_30_days' and plan_invoices.list_fee_usd is not null

),

rated as (

    select
        accrued.customer_id,
        accrued.plan_id,
        accrued.months * other.base_fee_usd as base_fee_usd,
        other.usd_per_unit * greatest(
            case other.usage_unit when 'call' then accrued.billable_calls when '1k_tokens' then accrued.billable_tokens / 1000.0 else 0 end
            - coalesce(other.included_units, 0) * accrued.months,
            0
        ) as usage_fee_usd
    from accrued
    inner join pricing_plans as other on accrued.plan_id = other.plan_id and other.base_fee_usd > accrued.own_fee_usd

),

cheapest as (

    select
        customer_id,
        plan_id,
        min({{ money_of_double('base_fee_usd + usage_fee_usd') }}) as higher_tier_revenue_usd
    from rated
    group by customer_id, plan_id

)

select * from cheapest
