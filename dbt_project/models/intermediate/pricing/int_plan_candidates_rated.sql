{# one row per candidate (price structure x transition) x customer of the trailing 30 days: its invoice, what it would no longer cost, whether it would leave, and
   what the cheapest tier would ask that serves its use #}

with margins_daily as (

    select * from {{ ref('fct_customer_margins_daily') }}

),

credits_daily as (

    select * from {{ ref('int_credits_daily') }}

),

structures as (

    select * from {{ ref('int_plan_structures') }}

),

transitions as (

    select * from {{ ref('plan_transitions') }}

),

steps as (

    select * from {{ ref('int_churn_steps') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

credits_by_customer as (

    select customer_id, usage_date, sum(billable_credits) as billable_credits
    from credits_daily
    group by customer_id, usage_date

),

{# What is used outside the subscription costs, but no plan invoices it. #}
segments as (

    select
        margins_daily.customer_id, margins_daily.subscription_tier, margins_daily.is_negotiated,
        {{ ratio('count(*) filter (where margins_daily.is_subscribed)', days_of_mean_month()) }} as months,
        cast(coalesce(sum(margins_daily.successful_calls) filter (where margins_daily.is_subscribed), 0) as double) as calls,
        cast(coalesce(sum(margins_daily.successful_tokens) filter (where margins_daily.is_subscribed), 0) as double) / 1000 as thousand_tokens,
        cast(coalesce(sum(credits_by_customer.billable_credits) filter (where margins_daily.is_subscribed), 0) as double) as credits,
        {{ money('sum(margins_daily.equal_day_revenue_usd)') }} as revenue_usd,
        {{ money('sum(margins_daily.cost_to_serve_usd)') }} as cost_usd,
        sum(margins_daily.calls) as all_calls, sum(margins_daily.uncosted_calls) as uncosted_calls
    from margins_daily
    inner join as_of on margins_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    left join credits_by_customer
        on margins_daily.customer_id = credits_by_customer.customer_id and margins_daily.usage_date = credits_by_customer.usage_date
    group by margins_daily.customer_id, margins_daily.subscription_tier, margins_daily.is_negotiated

),

{# A customer takes the cheapest of its tier and the dearer ones; cheaper ones it could take today as well, so that what is lost if it does is a case of its own. #}
metered as (

    select
        segments.customer_id, segments.subscription_tier, segments.is_negotiated, other.structure_id,
        other.subscription_tier as taken_tier, other.tier_fee_usd, other.tier_fee_usd >= own.tier_fee_usd as is_taken_by_itself,
        segments.months * cast(other.base_fee_usd as double) as fee_usd,
        cast(other.usd_per_unit as double) as usd_per_unit,
        ceil(round(coalesce(other.included_units, 0) * segments.months, 6)) as included_units,
        other.usage_cap_units * segments.months as cap_units,
        case other.usage_unit when 'call' then segments.calls when '1k_tokens' then segments.thousand_tokens when 'credit' then segments.credits else 0 end as units
    from segments
    inner join structures as own on segments.subscription_tier = own.subscription_tier and not own.is_current
    inner join structures as other on own.structure_id = other.structure_id
    where not segments.is_negotiated

),

priced as (

    select
        *,
        {{ money_of_double('fee_usd + usd_per_unit * greatest(least(units, coalesce(cap_units, units)) - included_units, 0)') }} as invoice_usd,
        {{ decimal_of_double('case when units > cap_units then cap_units / units else 1 end', 'decimal(9, 8)') }} as served_share
    from metered

),

taken as (

    select
        *,
        min(case when is_taken_by_itself or served_share = 1 then invoice_usd end) over (partition by customer_id, subscription_tier, structure_id) as cheapest_usd,
        row_number() over (
            partition by customer_id, subscription_tier, structure_id
            order by case when is_taken_by_itself then 1 else 2 end asc, invoice_usd asc, tier_fee_usd asc, taken_tier asc
        ) as preference
    from priced

),

plans as (

    select distinct structure_id, is_current from structures

),

{# What holds under every candidate is computed once for each customer, and once for each transition. #}
customers as (

    select
        customer_id, {{ money('sum(revenue_usd)') }} as current_revenue_usd, {{ money('sum(cost_usd)') }} as cost_usd,
        sum(revenue_usd) >= sum(cost_usd) as is_profitable,
        sum(all_calls) > 0 and sum(uncosted_calls) >= sum(all_calls) as is_cost_unknown
    from segments
    group by customer_id

),

bounds as (

    select
        customers.*, transitions.transition_id,
        transitions.spares_profitable and customers.is_profitable as is_spared,
        {{ money('cast(customers.current_revenue_usd as decimal(25, 12)) * transitions.floor_share') }} as floor_usd,
        {{ money('cast(customers.current_revenue_usd as decimal(25, 12)) * (1 + transitions.rise_cap_share)') }} as cap_usd
    from customers
    cross join transitions

),

{# A tier that a plan does not name, and a contract of the customer's own, stay as they are; so does everybody under today's plan. #}
invoiced as (

    select
        plans.structure_id, plans.is_current, segments.customer_id,
        bool_or(taken.customer_id is not null) as is_priced,
        bool_or(taken.taken_tier <> segments.subscription_tier) as takes_dearer_tier,
        {{ money('sum(coalesce(taken.invoice_usd, segments.revenue_usd))') }} as invoice_usd,
        {{ money('sum(coalesce(taken.cheapest_usd, segments.revenue_usd))') }} as cheapest_usd,
        {{ money('sum(cast(segments.cost_usd as decimal(25, 12)) * coalesce(taken.served_share, 1))') }} as served_cost_usd
    from segments
    cross join plans
    left join taken
        on
            plans.structure_id = taken.structure_id and segments.customer_id = taken.customer_id and taken.preference = 1
            and segments.subscription_tier = taken.subscription_tier and segments.is_negotiated = taken.is_negotiated
    group by plans.structure_id, plans.is_current, segments.customer_id

),

protected as (

    select
        invoiced.structure_id, bounds.transition_id, bounds.customer_id, invoiced.is_priced, invoiced.takes_dearer_tier,
        bounds.current_revenue_usd, bounds.cost_usd, bounds.is_cost_unknown, bounds.is_profitable, invoiced.cheapest_usd,
        case
            when not invoiced.is_priced or bounds.is_spared then bounds.current_revenue_usd
            else
                least(
                    greatest(invoiced.invoice_usd, coalesce(bounds.floor_usd, invoiced.invoice_usd)),
                    coalesce(bounds.cap_usd, greatest(invoiced.invoice_usd, bounds.current_revenue_usd))
                )
        end as revenue_usd,
        case when bounds.is_spared then bounds.cost_usd else invoiced.served_cost_usd end as served_cost_usd
    from invoiced
    inner join bounds on invoiced.customer_id = bounds.customer_id
    where not invoiced.is_current or bounds.transition_id = 'none'

),

{# Less for the same money is a rise, too: what counts is the price of what is served. Rounded: a rise that is capped at a step is on it. An invoice
   where there was none is a rise beyond every step. #}
{% set rise = 'round(' ~ ratio('revenue_usd', 'current_revenue_usd') ~ ' / coalesce(nullif(' ~ ratio('served_cost_usd', 'cost_usd') ~ ', 0), 1) - 1, 9)' %}
rising as (

    select
        *,
        case when current_revenue_usd > 0 then {{ rise }} end as rise_share,
        case when current_revenue_usd > 0 then {{ rise }} when revenue_usd > 0 then cast(1e299 as double) else cast(0 as double) end as known_rise_share
    from protected

),

responding as (

    select
        rising.*,
        cast(coalesce(steps.leave_probability_low, 0) as decimal(6, 4)) as leave_probability_low,
        cast(coalesce(steps.leave_probability_base, 0) as decimal(6, 4)) as leave_probability_base,
        cast(coalesce(steps.leave_probability_high, 0) as decimal(6, 4)) as leave_probability_high
    from rising
    left join steps on rising.known_rise_share >= steps.rise_from_share and rising.known_rise_share < steps.next_rise_from_share

)

select * from responding
