{# one row per tier of the recommended plan x use: what a customer that comes later pays in a month at the median use of the tier, at a tenth
   of it, at what nine in ten use at most and at ten times the median, and what that leaves #}

with segments as (

    select * from {{ ref('int_billing_segments') }}
    where billing_period_kind = 'trailing_30_days' and subscribed_days > 0

),

structures as (

    select * from {{ ref('int_plan_structures') }}

),

plan_frontier as (

    select * from {{ ref('rpt_plan_frontier') }}
    where is_chosen

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

transitions as (

    select * from {{ ref('plan_transitions') }}

),

{# A plan of the list names the margin that each tier aims at. #}
offered as (

    select
        structures.subscription_tier,
        structures.tier_fee_usd,
        structures.base_fee_usd,
        structures.usage_unit,
        coalesce(structures.included_units, 0) as included_units,
        structures.usage_cap_units,
        structures.usd_per_unit,
        coalesce(transitions.floor_share * structures.tier_fee_usd, 0) as floor_usd,
        coalesce(structures.target_margin_share, cast(pricing_plans.target_margin_share as double)) as target_margin_share
    from plan_frontier
    inner join structures on plan_frontier.plan_id = structures.structure_id
    inner join transitions on plan_frontier.transition_id = transitions.transition_id
    left join pricing_plans on structures.structure_id = pricing_plans.plan_id and structures.subscription_tier = pricing_plans.subscription_tier

),

{# Use and cost of a whole month, from the days that the customer was subscribed. A flat fee meters nothing: calls say how much is used.
   A customer with calls of unknown cost says nothing of what a unit costs. #}
used as (

    select
        segments.customer_id,
        segments.subscription_tier,
        offered.usage_unit,
        {{ ratio(
            "cast(sum(case offered.usage_unit when '1k_tokens' then segments.billable_tokens * cast('0.001' as decimal(4, 3)) when 'credit' then segments.billable_credits else segments.billable_calls end) as decimal(28, 6)) * "
            ~ days_of_mean_month(), 'sum(segments.subscribed_days)'
        ) }} as units,
        coalesce(sum(segments.uncosted_calls), 0) = 0 as is_cost_known,
        {{ money_of_double(ratio(money('sum(segments.cost_to_serve_usd)') ~ ' * ' ~ days_of_mean_month(), 'sum(segments.subscribed_days)')) }} as cost_usd
    from segments
    inner join offered on segments.subscription_tier = offered.subscription_tier
    group by segments.customer_id, segments.subscription_tier, offered.usage_unit

),

measured as (

    select
        subscription_tier,
        count(*) as customers,
        {{ whole_calls(percentile('units', 0.5)) }} as median_units,
        {{ whole_calls(percentile('units', 0.9)) }} as p90_units,
        {{ ratio('sum(cost_usd) filter (where is_cost_known)', 'sum(' ~ decimal_of_double('units', 'decimal(25, 9)') ~ ') filter (where is_cost_known)') }} as unit_cost,
        {{ whole_calls(percentile('units', 0.5) ~ ' / 10') }} as least_units
    from used
    group by subscription_tier, usage_unit

),

uses as (

    select subscription_tier, 1 as use_order, 'a tenth of the median' as use_level, least_units as units from measured
    union all
    select subscription_tier, 2 as use_order, 'the median' as use_level, median_units as units from measured
    union all
    select subscription_tier, 3 as use_order, 'what nine in ten use at most' as use_level, p90_units as units from measured
    union all
    select subscription_tier, 4 as use_order, 'ten times the median' as use_level, median_units * 10 as units from measured

),

{# The least that a month costs is what who stays pays at least, so that nobody gains by signing up again: the base fee, or today's fee
   where the plan comes with a floor at it. Where there is neither: what the median use needs for the target margin, to the next cent. #}
priced as (

    select
        offered.*,
        uses.use_order,
        uses.use_level,
        measured.customers,
        uses.units,
        measured.unit_cost * least(uses.units, coalesce(offered.usage_cap_units, uses.units)) as cost,
        coalesce(
            nullif(cast(greatest(offered.base_fee_usd, offered.floor_usd) as double), 0),
            ceil(round(100 * measured.unit_cost * measured.median_units / nullif(1 - offered.target_margin_share, 0), 6)) / 100,
            0
        ) as minimum,
        cast(offered.base_fee_usd as double)
        + cast(offered.usd_per_unit as double) * greatest(least(uses.units, coalesce(offered.usage_cap_units, uses.units)) - offered.included_units, 0) as invoice
    from offered
    inner join measured on offered.subscription_tier = measured.subscription_tier
    inner join uses on offered.subscription_tier = uses.subscription_tier

),

final as (

    select
        subscription_tier,
        cast(use_order as integer) as use_order,
        use_level,
        cast(customers as bigint) as customers,
        tier_fee_usd as today_fee_usd,
        base_fee_usd,
        usage_unit,
        included_units,
        cast(usd_per_unit as decimal(18, 6)) as usd_per_unit,
        units,
        {{ money_of_double('cost') }} as cost_to_serve_usd,
        {{ money_of_double('minimum') }} as minimum_usd,
        {{ money_of_double('greatest(invoice, minimum)') }} as revenue_usd,
        {{ money_of_double('greatest(invoice, minimum) - cost') }} as gross_margin_usd,
        1 - {{ ratio('cost', 'greatest(invoice, minimum)') }} as gross_margin_share,
        target_margin_share
    from priced

)

select * from final
