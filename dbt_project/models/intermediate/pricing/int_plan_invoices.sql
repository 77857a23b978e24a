{# one row per customer x plan x billing period: its real use, rated under the plan #}

with segments as (

    select * from {{ ref('int_billing_segments') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

plans as (

    select distinct plan_id, is_current from pricing_plans

),

{# Base fee and included units accrue with the subscribed days, as revenue does: in a month by the calendar, in the trailing 30 days on
   equal days. A contract of the customer's own
   (seed customer_contracts) holds under every plan. #}
accrued as (

    select
        segments.*,
        plans.plan_id,
        coalesce(plans.is_current, false) as is_current_plan,
        tier_prices.plan_id is not null and not segments.is_negotiated as is_priced_by_plan,
        tier_prices.usage_unit,
        tier_prices.usd_per_unit,
        case
            when segments.subscribed_days = 0 then {{ money(0) }}
            when segments.billing_period_kind = 'trailing_30_days'
                then {{ money("cast(" ~ fee_per_equal_day('tier_prices.base_fee_usd') ~ " as decimal(25, 12)) * cast(segments.subscribed_days as decimal(12, 0))") }}
            else {{ split_exactly(
                'tier_prices.base_fee_usd', 'segments.last_subscribed_day', '(segments.first_subscribed_day - 1)', 'segments.days_in_month'
            ) }}
        end as list_fee_usd,
        {{ ratio(
            'tier_prices.included_units * segments.subscribed_days',
            "case when segments.billing_period_kind = 'month' then segments.days_in_month else " ~ days_of_mean_month() ~ " end"
        ) }} as included_units
    from segments
    cross join plans
    left join pricing_plans as tier_prices
        on plans.plan_id = tier_prices.plan_id and segments.subscription_tier = tier_prices.subscription_tier

),

{# A started unit of the allowance counts whole, in the customer's favour; six decimals keep the sum's last bits from adding one. #}
summed as (

    select
        customer_id,
        subscription_tier,
        plan_id,
        is_current_plan,
        billing_period_kind,
        period_start_date,
        is_negotiated,
        is_priced_by_plan,
        usage_unit,
        max(last_date) as last_date,
        case when usage_unit = '1k_tokens' then 1000 else 1 end as unit_size,
        cast(usd_per_unit * case when usage_unit = '1k_tokens' then cast(0.001 as decimal(4, 3)) else cast(1 as decimal(4, 3)) end as decimal(18, 12))
            as usd_per_single_unit,
        sum(subscribed_days) as subscribed_days,
        sum(calls) as calls,
        sum(uncosted_calls) as uncosted_calls,
        sum(billable_calls) as billable_calls,
        sum(billable_tokens) as billable_tokens,
        {{ money('sum(list_fee_usd)') }} as list_fee_usd,
        cast(ceil({{ decimal_of_double('sum(included_units)', 'decimal(28, 6)') }}) as bigint) as included_units,
        {{ money('sum(revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_to_serve_usd
    from accrued
    group by
        customer_id, subscription_tier, plan_id, is_current_plan, billing_period_kind, period_start_date, is_negotiated, is_priced_by_plan,
        usage_unit, usd_per_unit

),

metered as (

    select
        *,
        greatest(
            case usage_unit when 'call' then billable_calls when '1k_tokens' then billable_tokens else 0 end
            - coalesce(included_units, 0) * unit_size,
            0
        ) as charged_single_units
    from summed

),

{# A tier that a plan does not name keeps its contract. Today's fee is the one that is paid, whatever the price list says. #}
rated as (

    select
        *,
        {{ ratio('charged_single_units', 'unit_size') }} as charged_units,
        case when is_priced_by_plan and not is_current_plan then list_fee_usd else current_revenue_usd end as base_fee_usd,
        case
            when is_priced_by_plan then {{ money('cast(charged_single_units as decimal(19, 0)) * usd_per_single_unit') }}
            else {{ money(0) }}
        end as usage_fee_usd
    from metered

),

{# One invoice for a customer that changed its tier, or came under a contract; what the tiers do not have in common is null. #}
invoiced as (

    select
        customer_id,
        max_by(subscription_tier, {{ in_order('last_date', 'subscription_tier') }}) as subscription_tier,
        plan_id,
        billing_period_kind,
        period_start_date,
        coalesce(bool_or(is_priced_by_plan) filter (where subscribed_days > 0), bool_or(is_priced_by_plan)) as is_priced_by_plan,
        cast(sum(subscribed_days) as bigint) as subscribed_days,
        cast(sum(calls) as bigint) as calls,
        cast(sum(uncosted_calls) as bigint) as uncosted_calls,
        cast(sum(billable_calls) as bigint) as billable_calls,
        cast(sum(billable_tokens) as bigint) as billable_tokens,
        case when min(usage_unit) = max(usage_unit) then min(usage_unit) end as usage_unit,
        case when count(included_units) = count(*) then cast(sum(included_units) as bigint) end as included_units,
        case when count(distinct usage_unit) <= 1 then sum(charged_units) end as charged_units,
        case when count(distinct subscription_tier) = 1 and not bool_or(is_negotiated) then {{ money('sum(list_fee_usd)') }} end as list_fee_usd,
        {{ money('sum(base_fee_usd)') }} as base_fee_usd,
        {{ money('sum(usage_fee_usd)') }} as usage_fee_usd,
        {{ money('sum(current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_to_serve_usd
    from rated
    group by customer_id, plan_id, billing_period_kind, period_start_date

),

totalled as (

    select
        *,
        {{ money('base_fee_usd + usage_fee_usd') }} as revenue_usd,
        {{ margin_of('base_fee_usd + usage_fee_usd', 'cost_to_serve_usd') }} as gross_margin_usd
    from invoiced

)

select * from totalled
