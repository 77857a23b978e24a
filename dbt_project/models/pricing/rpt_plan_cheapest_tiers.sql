{# one row per tier of the recommended plan, and one for all of them: what is lost if its customers sign up again as new ones #}

with backtests as (

    select * from {{ ref('rpt_plan_backtests') }}
    where is_recommended and not is_current_plan and is_priced_by_plan and is_active

),

plan_frontier as (

    select * from {{ ref('rpt_plan_frontier') }}
    where is_chosen

),

structures as (

    select * from {{ ref('int_plan_structures') }}

),

segments as (

    select * from {{ ref('int_billing_segments') }}
    where billing_period_kind = 'trailing_30_days'

),

new_customers as (

    select * from {{ ref('rpt_plan_new_customers') }}
    where use_order = 1

),

offered as (

    select
        structures.subscription_tier,
        structures.tier_fee_usd,
        structures.usage_unit,
        cast(structures.base_fee_usd as double) as base_fee,
        cast(new_customers.minimum_usd as double) as minimum,
        cast(structures.usd_per_unit as double) as usd_per_unit,
        coalesce(structures.included_units, 0) as included_units,
        structures.usage_cap_units
    from structures
    inner join plan_frontier on structures.structure_id = plan_frontier.plan_id
    inner join new_customers on structures.subscription_tier = new_customers.subscription_tier

),

{# A contract of the customer's own binds it. #}
used as (

    select
        customer_id,
        {{ ratio('sum(subscribed_days)', days_of_mean_month()) }} as months,
        cast(sum(billable_calls) as double) as calls,
        cast(sum(billable_tokens) as double) / 1000 as thousand_tokens,
        cast(sum(billable_credits) as double) as credits
    from segments
    group by customer_id
    having not bool_or(is_negotiated)

),

metered as (

    select
        backtests.customer_id,
        backtests.customer_name,
        backtests.subscription_tier,
        backtests.revenue_usd,
        backtests.current_revenue_usd,
        1 - backtests.leave_probability_base as stay_probability,
        offered.subscription_tier as offered_tier,
        offered.subscription_tier = backtests.subscription_tier as is_own,
        used.months,
        offered.tier_fee_usd,
        offered.base_fee,
        offered.minimum,
        offered.usd_per_unit,
        offered.usage_cap_units,
        ceil(round(offered.included_units * used.months, 6)) as included_units,
        case offered.usage_unit when 'call' then used.calls when '1k_tokens' then used.thousand_tokens when 'credit' then used.credits else 0 end as units
    from backtests
    inner join used on backtests.customer_id = used.customer_id
    cross join offered

),

{# A tier that stops serving before the customer's use does not fit it. #}
priced as (

    select
        *,
        is_own or usage_cap_units is null or units <= usage_cap_units * months as fits,
        {{ money_of_double('cast(tier_fee_usd as double) * months') }} as today_usd,
        {{ money_of_double('greatest(minimum * months, base_fee * months + usd_per_unit * greatest(least(units, coalesce(usage_cap_units * months, units)) - included_units, 0))') }}
            as invoice_usd
    from metered

),

ordered as (

    select
        *,
        row_number() over (partition by customer_id order by case when fits then 1 else 2 end asc, invoice_usd asc, tier_fee_usd asc, offered_tier asc) as preference
    from priced

),

signed as (

    select
        subscription_tier,
        revenue_usd,
        stay_probability,
        customer_name || ' to ' || max(case when preference = 1 then offered_tier end) as taker,
        min(case when is_own then invoice_usd end) as own_usd,
        min(case when fits then invoice_usd end) as cheapest_usd,
        {{ money('max(current_revenue_usd) - min(today_usd)') }} as today_gap_usd
    from ordered
    group by customer_id, customer_name, subscription_tier, revenue_usd, stay_probability

),

gaps as (

    select
        subscription_tier, taker,
        {{ money('cast(revenue_usd - coalesce(own_usd, revenue_usd) as decimal(25, 12)) * stay_probability') }} as own_gap_usd,
        {{ money('cast(revenue_usd - coalesce(cheapest_usd, revenue_usd) as decimal(25, 12)) * stay_probability') }} as cheapest_gap_usd,
        today_gap_usd
    from signed

),

scoped as (

    select subscription_tier, taker, own_gap_usd, cheapest_gap_usd, today_gap_usd from gaps
    union all
    select 'all' as subscription_tier, taker, own_gap_usd, cheapest_gap_usd, today_gap_usd from gaps

),

{# Included units are whole: less than a dollar is rounding. #}
summed as (

    select
        subscription_tier,
        count(*) as customers,
        count(*) filter (where own_gap_usd >= 1) as customers_gaining_in_own_tier,
        {{ money('coalesce(sum(own_gap_usd) filter (where own_gap_usd >= 1), 0)') }} as lost_in_own_tier_usd,
        count(*) filter (where cheapest_gap_usd >= 1) as customers_gaining,
        {{ string_agg_sorted('case when cheapest_gap_usd >= 1 then taker end', ', ') }} as gaining_customers,
        {{ money('coalesce(sum(cheapest_gap_usd) filter (where cheapest_gap_usd >= 1), 0)') }} as lost_usd,
        {{ money('coalesce(sum(today_gap_usd) filter (where today_gap_usd >= 1), 0)') }} as lost_today_usd
    from scoped
    group by subscription_tier

),

final as (

    select
        summed.subscription_tier,
        summed.customers,
        summed.customers_gaining_in_own_tier,
        summed.lost_in_own_tier_usd,
        summed.customers_gaining,
        summed.gaining_customers,
        summed.lost_usd,
        summed.lost_today_usd,
        plan_frontier.gain_base_usd,
        case when plan_frontier.gain_base_usd > 0 then {{ ratio('summed.lost_usd', 'plan_frontier.gain_base_usd') }} end as lost_share_of_gain,
        coalesce(summed.lost_usd >= plan_frontier.gain_base_usd, false) as is_gain_lost
    from summed
    cross join plan_frontier

)

select * from final
