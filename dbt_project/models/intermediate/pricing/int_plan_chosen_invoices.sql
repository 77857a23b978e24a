{# one row per customer x billing period: its real use, invoiced under the plan that the search chooses; none while today's plan is kept #}

with segments as (

    select * from {{ ref('int_billing_segments') }}

),

structures as (

    select * from {{ ref('int_plan_structures') }}

),

candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

transitions as (

    select * from {{ ref('plan_transitions') }}

),

chosen as (

    select
        candidates.candidate_id,
        candidates.structure_id,
        transitions.floor_share,
        transitions.rise_cap_share,
        transitions.spares_profitable
    from candidates
    inner join transitions on candidates.transition_id = transitions.transition_id
    where candidates.is_chosen and not candidates.is_current

),

offered as (

    select structures.*
    from structures
    inner join chosen on structures.structure_id = chosen.structure_id

),

{# Rated as in the search: by tier, with a contract or without. A calendar month has its own days, the trailing 30 days are part of a mean one. #}
used as (

    select
        customer_id,
        billing_period_kind,
        period_start_date,
        subscription_tier,
        is_negotiated,
        max(last_date) as last_date,
        cast(sum(subscribed_days) as bigint) as subscribed_days,
        {{ ratio('sum(subscribed_days)', "case when billing_period_kind = 'month' then max(days_in_month) else " ~ days_of_mean_month() ~ ' end') }} as months,
        cast(sum(calls) as bigint) as calls,
        cast(sum(uncosted_calls) as bigint) as uncosted_calls,
        cast(sum(billable_calls) as bigint) as billable_calls,
        cast(sum(billable_tokens) as bigint) as billable_tokens,
        sum(billable_credits) as billable_credits,
        {{ money('sum(revenue_usd)') }} as revenue_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_usd
    from segments
    group by customer_id, billing_period_kind, period_start_date, subscription_tier, is_negotiated

),

metered as (

    select
        used.customer_id, used.billing_period_kind, used.period_start_date, used.subscription_tier, used.is_negotiated,
        other.subscription_tier as taken_tier, other.tier_fee_usd, other.usage_unit,
        used.months * cast(other.base_fee_usd as double) as fee_usd,
        cast(other.usd_per_unit as double) as usd_per_unit,
        ceil(round(coalesce(other.included_units, 0) * used.months, 6)) as included_units,
        other.usage_cap_units * used.months as cap_units,
        case other.usage_unit
            when 'call' then cast(used.billable_calls as double)
            when '1k_tokens' then cast(used.billable_tokens as double) / 1000
            when 'credit' then cast(used.billable_credits as double)
            else 0
        end as units
    from used
    inner join offered as own on used.subscription_tier = own.subscription_tier
    inner join offered as other on own.tier_fee_usd <= other.tier_fee_usd
    where not used.is_negotiated

),

charged as (

    select
        *,
        greatest(least(units, coalesce(cap_units, units)) - included_units, 0) as charged_units,
        {{ decimal_of_double('case when units > cap_units then cap_units / units else 1 end', 'decimal(9, 8)') }} as served_share
    from metered

),

priced as (

    select
        *,
        {{ money_of_double('fee_usd') }} as base_fee_usd,
        {{ money_of_double('fee_usd + usd_per_unit * charged_units') }} as invoice_usd
    from charged

),

{# A customer takes the cheapest of its tier and the dearer ones. #}
taken as (

    select
        *,
        row_number() over (
            partition by customer_id, billing_period_kind, period_start_date, subscription_tier
            order by invoice_usd asc, tier_fee_usd asc, taken_tier asc
        ) as preference
    from priced

),

{# A tier that the plan does not name, and a contract of the customer's own, stay as they are. #}
invoiced as (

    select
        used.customer_id,
        used.billing_period_kind,
        used.period_start_date,
        max_by(used.subscription_tier, {{ in_order('used.last_date', 'used.subscription_tier') }}) as subscription_tier,
        bool_or(taken.customer_id is not null) as is_priced_by_plan,
        cast(sum(used.subscribed_days) as bigint) as subscribed_days,
        cast(sum(used.calls) as bigint) as calls,
        cast(sum(used.uncosted_calls) as bigint) as uncosted_calls,
        cast(sum(used.billable_calls) as bigint) as billable_calls,
        cast(sum(used.billable_tokens) as bigint) as billable_tokens,
        max(taken.usage_unit) as usage_unit,
        cast(sum(taken.included_units) as bigint) as included_units,
        coalesce(sum(taken.charged_units), 0) as charged_units,
        {{ money('sum(coalesce(taken.base_fee_usd, used.revenue_usd))') }} as base_fee_usd,
        {{ money('sum(coalesce(taken.invoice_usd - taken.base_fee_usd, 0))') }} as usage_fee_usd,
        {{ money('sum(used.revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(used.cost_usd)') }} as cost_usd,
        sum(used.revenue_usd) >= sum(used.cost_usd) as is_profitable,
        {{ money('sum(cast(used.cost_usd as decimal(25, 12)) * coalesce(taken.served_share, 1))') }} as served_cost_usd
    from used
    left join taken
        on
            used.customer_id = taken.customer_id and used.billing_period_kind = taken.billing_period_kind
            and used.period_start_date = taken.period_start_date and used.subscription_tier = taken.subscription_tier
            and used.is_negotiated = taken.is_negotiated and taken.preference = 1
    group by used.customer_id, used.billing_period_kind, used.period_start_date

),

{# The transition holds in every period, on what the customer paid and cost in it. Without a price of the plan nothing is charged by use. #}
protected as (

    select
        invoiced.*,
        chosen.candidate_id as plan_id,
        chosen.spares_profitable and invoiced.is_profitable as is_spared,
        {{ money('cast(invoiced.current_revenue_usd as decimal(25, 12)) * chosen.floor_share') }} as floor_usd,
        {{ money('cast(invoiced.current_revenue_usd as decimal(25, 12)) * (1 + chosen.rise_cap_share)') }} as cap_usd,
        {{ money('invoiced.base_fee_usd + invoiced.usage_fee_usd') }} as invoice_usd
    from invoiced
    cross join chosen

),

settled as (

    select
        customer_id, subscription_tier, plan_id, billing_period_kind, period_start_date, is_priced_by_plan, subscribed_days, calls, uncosted_calls,
        billable_calls, billable_tokens, usage_unit, included_units, charged_units, base_fee_usd, usage_fee_usd, current_revenue_usd, cost_usd,
        case
            when not is_priced_by_plan or is_spared or abs(invoice_usd - current_revenue_usd) < cast('0.000001' as decimal(28, 12)) then current_revenue_usd
            else least(greatest(invoice_usd, coalesce(floor_usd, invoice_usd)), coalesce(cap_usd, greatest(invoice_usd, current_revenue_usd)))
        end as revenue_usd,
        case when is_spared then cost_usd else served_cost_usd end as cost_to_serve_usd,
        case when is_spared then {{ money(0) }} else {{ money('cost_usd - served_cost_usd') }} end as not_served_usd
    from protected

),

{# Less for the same money is a rise, too, as in the search. #}
final as (

    select
        *,
        {{ money('revenue_usd - base_fee_usd - usage_fee_usd') }} as transition_usd,
        {{ margin_of('revenue_usd', 'cost_to_serve_usd') }} as gross_margin_usd,
        case
            when current_revenue_usd > 0
                then round({{ ratio('revenue_usd', 'current_revenue_usd') }} / coalesce(nullif({{ ratio('cost_to_serve_usd', 'cost_usd') }}, 0), 1) - 1, 9)
        end as price_change_share
    from settled

)

select * from final
