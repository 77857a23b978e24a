{# one row per candidate: what it is expected to earn, whom it hits, whether it is on the front, and which one is chosen #}

with candidates as (

    select * from {{ ref('int_plan_candidates_rated') }}

),

structures as (

    select * from {{ ref('int_plan_structures') }}

),

transitions as (

    select * from {{ ref('plan_transitions') }}

),

plans as (

    select distinct
        structure_id, is_listed, is_current, plan_name, plan_kind, usage_unit, unit_cost_usd, fee_share, included_share, target_margin_share, usage_cap_fees
    from structures

),

{# A customer that leaves takes its revenue along, and its cost. One whose cost is unknown is in no margin. #}
summed as (

    select
        structure_id || ' / ' || transition_id as candidate_id,
        structure_id,
        transition_id,
        count(*) as customers,
        count(*) filter (where is_priced) as customers_priced,
        count(*) filter (where takes_dearer_tier) as customers_taking_a_dearer_tier,
        {{ money('sum(revenue_usd)') }} as revenue_usd,
        {{ money('sum(current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(case when not is_cost_unknown then current_revenue_usd - cost_usd end)') }} as current_gross_margin_usd,
        {{ money('sum(case when not is_cost_unknown then revenue_usd - served_cost_usd end)') }} as gross_margin_usd,
        {% for scenario in ['low', 'base', 'high'] -%}
        {{ money('sum(cast(revenue_usd as decimal(25, 12)) * (1 - leave_probability_' ~ scenario ~ '))') }} as revenue_{{ scenario }}_usd,
        {{ money('sum(case when not is_cost_unknown then cast(revenue_usd - served_cost_usd as decimal(25, 12)) * (1 - leave_probability_' ~ scenario ~ ') end)') }}
            as gross_margin_{{ scenario }}_usd,
        cast(sum(leave_probability_{{ scenario }}) as double) as customers_lost_{{ scenario }},
        cast(coalesce(sum(leave_probability_{{ scenario }}) filter (where is_profitable), 0) as double) as profitable_customers_lost_{{ scenario }},
        {% endfor -%}
        count(*) filter (where not is_cost_unknown and revenue_usd < served_cost_usd) as unprofitable_customers,
        count(*) filter (where is_profitable and current_revenue_usd > 0) as profitable_customers,
        count(*) filter (where rise_share > {{ assumption('steep_rise_from_share') }}) as steep_rises,
        max(rise_share) as largest_rise_share,
        count(*) filter (where is_profitable and current_revenue_usd > 0 and rise_share > {{ assumption('steep_rise_from_share') }}) as profitable_steep_rises,
        {{ money('coalesce(sum(revenue_usd - current_revenue_usd) filter (where revenue_usd > current_revenue_usd), 0)') }} as paid_more_usd,
        {{ money('coalesce(sum(current_revenue_usd - revenue_usd) filter (where revenue_usd < current_revenue_usd), 0)') }} as given_away_usd,
        {{ money('sum(cost_usd - served_cost_usd)') }} as not_served_usd
    from candidates
    group by structure_id, transition_id

),

{# What is shown and compared is whole cents: a tenth of one is no reason to prefer a plan. #}
compared as (

    select
        summed.*,
        plans.is_listed,
        plans.is_current,
        plans.plan_name,
        plans.plan_kind,
        plans.usage_unit,
        plans.unit_cost_usd,
        plans.fee_share,
        plans.included_share,
        plans.target_margin_share,
        plans.usage_cap_fees,
        case when plans.usage_cap_fees is null then 0 else 1 end
        + case when plans.included_share > 0 then 1 else 0 end
        + case when transitions.floor_share is null then 0 else 1 end
        + case when transitions.rise_cap_share is null then 0 else 1 end
        + case when transitions.spares_profitable then 1 else 0 end as rules_in_it,
        {{ ratio('summed.profitable_steep_rises', 'summed.profitable_customers') }} as invoice_shock_share,
        {{ ratio('summed.profitable_customers_lost_high', 'summed.profitable_customers') }} as profitable_departure_share,
        round(summed.gross_margin_base_usd, 2) as base_usd,
        round(least(summed.gross_margin_usd, summed.gross_margin_low_usd, summed.gross_margin_base_usd, summed.gross_margin_high_usd), 2) as worst_usd,
        round(summed.revenue_base_usd, 2) as expected_revenue_usd
    from summed
    inner join plans on summed.structure_id = plans.structure_id
    inner join transitions on summed.transition_id = transitions.transition_id

),

{# Dominated: another one is nowhere worse and somewhere better, or the same with fewer rules. #}
dominated as (

    select distinct candidate.candidate_id
    from compared as candidate
    inner join compared as other
        on
            other.base_usd >= candidate.base_usd
            and other.worst_usd >= candidate.worst_usd
            and other.expected_revenue_usd >= candidate.expected_revenue_usd
            and other.profitable_steep_rises <= candidate.profitable_steep_rises
            and (
                other.base_usd > candidate.base_usd
                or other.worst_usd > candidate.worst_usd
                or other.expected_revenue_usd > candidate.expected_revenue_usd
                or other.profitable_steep_rises < candidate.profitable_steep_rises
                or other.rules_in_it < candidate.rules_in_it
                or (other.rules_in_it = candidate.rules_in_it and other.candidate_id < candidate.candidate_id)
            )

),

{# The first reason that holds speaks against the plan. Losing a customer that costs more than it pays is no reason. #}
judged as (

    select
        compared.*,
        dominated.candidate_id is null as is_on_front,
        case
            when compared.is_current then 'today'
            when compared.customers_priced = 0 then 'names_no_tier_in_use'
            when compared.gross_margin_usd is null then 'cost_unknown'
            when compared.invoice_shock_share > {{ assumption('steep_rise_customers_up_to_share') }} then 'too_many_steep_rises'
            when compared.profitable_departure_share > {{ assumption('profitable_departures_up_to_share') }} then 'loses_profitable_customers'
            when compared.worst_usd < round(compared.current_gross_margin_usd, 2) then 'loses_margin_under_high_churn'
            when
                compared.gross_margin_base_usd - compared.current_gross_margin_usd
                < {{ assumption('margin_gain_from_share') }} * abs(compared.current_gross_margin_usd)
                then 'gains_too_little'
            else 'eligible'
        end as verdict
    from compared
    left join dominated on compared.candidate_id = dominated.candidate_id

),

best_listed as (

    select
        coalesce(max(gross_margin_usd), 0) as gross_margin_usd,
        coalesce(max(gross_margin_low_usd), 0) as gross_margin_low_usd,
        coalesce(max(gross_margin_base_usd), 0) as gross_margin_base_usd,
        coalesce(max(gross_margin_high_usd), 0) as gross_margin_high_usd
    from judged
    where is_listed and verdict in ('eligible', 'today')

),

{# Of the plans that the rules allow and that in no scenario earn less than the best of the list: the one that earns most in its worst case. #}
ranked as (

    select
        judged.*,
        judged.gross_margin_usd >= best_listed.gross_margin_usd
        and judged.gross_margin_low_usd >= best_listed.gross_margin_low_usd
        and judged.gross_margin_base_usd >= best_listed.gross_margin_base_usd
        and judged.gross_margin_high_usd >= best_listed.gross_margin_high_usd as is_no_worse_than_listed
    from judged
    cross join best_listed

),

placed as (

    select
        *,
        row_number() over (
            order by
                case verdict when 'eligible' then 1 when 'today' then 2 else 3 end asc,
                case when is_no_worse_than_listed then 0 else 1 end asc,
                worst_usd desc,
                base_usd desc,
                profitable_steep_rises asc,
                rules_in_it asc,
                candidate_id asc
        ) as place
    from ranked

),

chosen as (

    select
        *,
        place = 1 and verdict in ('eligible', 'today') as is_chosen
    from placed

)

select * from chosen
