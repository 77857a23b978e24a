{# one row per candidate plan of the search, and per plan of the list with each transition: expected margin, whom it hits, front and choice #}

with candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

transitions as (

    select * from {{ ref('plan_transitions') }}

),

chosen as (

    select
        after_gross_margin_base_usd as chosen_base_usd,
        after_worst_usd as chosen_worst_usd,
        usage_unit || transition_id || verdict as chosen_way,
        is_current as is_today_chosen
    from candidates
    where is_chosen

),

{# Compared to the cent, at the cost that the savings leave, as the choice is. Dominated: another one is nowhere worse and somewhere
   better, or the same with fewer rules. #}
compared as (

    select candidate_id, rules_in_it, after_base_usd, after_worst_usd, after_profitable_steep_rises, round(after_revenue_base_usd, 2) as expected_usd from candidates

),

dominated as (

    select distinct candidate.candidate_id
    from compared as candidate
    inner join compared as other
        on
            other.after_base_usd >= candidate.after_base_usd
            and other.after_worst_usd >= candidate.after_worst_usd
            and other.expected_usd >= candidate.expected_usd
            and other.after_profitable_steep_rises <= candidate.after_profitable_steep_rises
            and (
                other.after_base_usd > candidate.after_base_usd
                or other.after_worst_usd > candidate.after_worst_usd
                or other.expected_usd > candidate.expected_usd
                or other.after_profitable_steep_rises < candidate.after_profitable_steep_rises
                or other.rules_in_it < candidate.rules_in_it
                or (other.rules_in_it = candidate.rules_in_it and other.candidate_id < candidate.candidate_id)
            )

),

named as (

    select
        candidates.*,
        dominated.candidate_id is null as is_on_front,
        case candidates.usage_unit when 'call' then 'call' when '1k_tokens' then 'thousand tokens' else 'credit' end as unit_name,
        case
            when candidates.fee_share = 0 then 'Pay'
            when candidates.fee_share = 1 then 'Today''s fee and a price'
            else cast(cast(round(100 * candidates.fee_share) as bigint) as string) || ' % of today''s fee and a price'
        end as fee_words,
        transitions.transition_name,
        transitions.floor_share,
        transitions.rise_cap_share,
        transitions.spares_profitable,
        chosen.chosen_base_usd,
        chosen.chosen_worst_usd,
        candidates.usage_unit || candidates.transition_id || candidates.verdict as way,
        candidates.usage_unit || candidates.transition_id || candidates.verdict = chosen.chosen_way
        or (candidates.after_base_usd = round(chosen.chosen_base_usd, 2) and candidates.after_worst_usd = chosen.chosen_worst_usd) as comes_as_chosen,
        not chosen.is_today_chosen and not candidates.is_chosen and not candidates.is_current
        and abs(candidates.after_worst_usd - chosen.chosen_worst_usd) <= {{ assumption('nearly_as_good_up_to_share') }} * abs(chosen.chosen_worst_usd) as is_nearly_chosen,
        candidates.verdict = 'eligible' and not candidates.is_chosen and not chosen.is_today_chosen
        and transitions.rise_cap_share <= {{ assumption('capped_rise_up_to_share') }} as is_rise_capped,
        candidates.verdict = 'eligible' and not candidates.is_chosen and not chosen.is_today_chosen and transitions.spares_profitable as is_sparing,
        candidates.is_listed and candidates.verdict in ('eligible', 'today') as is_listed_and_allowed
    from candidates
    inner join transitions on candidates.transition_id = transitions.transition_id
    left join dominated on candidates.candidate_id = dominated.candidate_id
    left join chosen on 1 = 1

),

described as (

    select
        *,
        case
            when is_listed then plan_name
            else
                fee_words || ' per ' || unit_name
                || case when included_share > 0 then ' beyond the included ones (they cost ' || cast(cast(round(100 * included_share) as bigint) as string) || ' % of the fee)' else '' end
                || ', target margin ' || cast(cast(round(100 * target_margin_share) as bigint) as string) || ' %'
                || case when usage_cap_fees is not null then ', use capped at ' || cast({{ decimal_of_double('usage_cap_fees', 'decimal(9, 1)') }} as string) || ' fees' else '' end
        end as offer_name
    from named

),

{# Of the plans that a rule rejects, the one that would earn most shows what the rule costs. #}
ranked as (

    select
        *,
        verdict not in ('eligible', 'today', 'names_no_tier_in_use', 'cost_unknown')
        and row_number() over (partition by verdict order by after_gross_margin_base_usd desc nulls last, rules_in_it asc, candidate_id asc) = 1 as is_dearest_rejected,
        is_nearly_chosen and not comes_as_chosen and row_number() over (partition by way, is_nearly_chosen order by place asc) = 1 as is_alternative,
        is_rise_capped and row_number() over (partition by is_rise_capped order by place asc) = 1 as is_best_rise_capped,
        is_sparing and row_number() over (partition by is_sparing order by place asc) = 1 as is_best_sparing,
        is_listed_and_allowed and row_number() over (partition by is_listed_and_allowed order by place asc) = 1 as is_best_listed
    from described

),

final as (

    select
        candidate_id,
        structure_id as plan_id,
        offer_name as plan_name,
        case when is_current then offer_name else offer_name || ', ' || transition_name end as offer_name,
        plan_kind, is_listed, is_current as is_current_plan, usage_unit,
        {{ money_of_double('unit_cost_usd') }} as unit_cost_usd,
        fee_share, included_share, target_margin_share, usage_cap_fees, transition_id, transition_name,
        customers, customers_priced, customers_taking_a_dearer_tier,
        cast(customers_with_a_cheaper_tier as bigint) as customers_with_a_cheaper_tier,
        current_revenue_usd, current_gross_margin_usd,
        revenue_usd,
        revenue_base_usd as revenue_base_churn_usd,
        gross_margin_usd,
        gross_margin_low_usd as gross_margin_low_churn_usd,
        gross_margin_base_usd as gross_margin_base_churn_usd,
        gross_margin_high_usd as gross_margin_high_churn_usd,
        {{ money('worst_usd') }} as gross_margin_worst_usd,
        {{ money('least(gross_margin_low_usd, gross_margin_high_usd)') }} as gross_margin_least_churn_usd,
        {{ money('greatest(gross_margin_low_usd, gross_margin_high_usd)') }} as gross_margin_most_churn_usd,
        {{ money('revenue_base_usd - current_revenue_usd') }} as revenue_change_base_churn_usd,
        {{ money('gross_margin_base_usd - current_gross_margin_usd') }} as gain_base_usd,
        {{ money('least(gross_margin_low_usd, gross_margin_high_usd) - current_gross_margin_usd') }} as gain_low_usd,
        {{ money('greatest(gross_margin_low_usd, gross_margin_high_usd) - current_gross_margin_usd') }} as gain_high_usd,
        {{ money('worst_usd - current_gross_margin_usd') }} as gain_worst_usd,
        {{ money_of_double('after_unit_cost_usd') }} as unit_cost_after_savings_usd,
        {{ money('after_current_gross_margin_usd') }} as current_gross_margin_after_savings_usd,
        after_revenue_base_usd as revenue_base_churn_after_savings_usd,
        after_gross_margin_base_usd as gross_margin_base_churn_after_savings_usd,
        {{ money('after_worst_usd') }} as gross_margin_worst_after_savings_usd,
        {{ money('after_current_gross_margin_usd - current_gross_margin_usd') }} as current_gross_margin_saved_usd,
        {{ money('after_gross_margin_base_usd - gross_margin_base_usd') }} as gross_margin_base_churn_saved_usd,
        {{ money('after_gross_margin_base_usd - after_current_gross_margin_usd') }} as gain_base_after_savings_usd,
        {{ money('after_worst_usd - after_current_gross_margin_usd') }} as gain_worst_after_savings_usd,
        gross_margin_cheapest_usd as gross_margin_in_cheapest_tiers_usd, after_gross_margin_cheapest_usd as gross_margin_in_cheapest_tiers_after_savings_usd,
        {%- for cost, name in [('', ''), ('after_', '_after_savings')] %}
        case {{ cost }}worst_usd
            when {{ cost }}worst_churn_usd then 'departures alone'
            when {{ cost }}cheapest_usd then 'each customer takes the cheapest tier'
        end as worst_scenario{{ name }},
        {%- endfor %}
        cast(floor({{ assumption('steep_rise_customers_up_to_share') }} * after_profitable_customers) as bigint) as profitable_steep_rises_allowed_after_savings,
        {{ assumption('profitable_departures_up_to_share') }} * after_profitable_customers as profitable_departures_allowed_after_savings,
        cast(after_profitable_steep_rises as bigint) as profitable_steep_rises_after_savings,
        after_profitable_customers_lost_high as profitable_customers_lost_high_after_savings,
        cast(unprofitable_customers as bigint) as unprofitable_customers,
        customers_lost_base,
        profitable_customers_lost_base,
        profitable_customers_lost_high,
        cast(profitable_customers as bigint) as profitable_customers,
        cast(steep_rises as bigint) as steep_rises,
        cast(profitable_steep_rises as bigint) as profitable_steep_rises,
        largest_rise_share, invoice_shock_share, profitable_departure_share,
        cast(floor({{ assumption('steep_rise_customers_up_to_share') }} * profitable_customers) as bigint) as profitable_steep_rises_allowed,
        profitable_steep_rises - cast(floor({{ assumption('steep_rise_customers_up_to_share') }} * profitable_customers) as bigint) as profitable_steep_rises_beyond,
        {{ assumption('profitable_departures_up_to_share') }} * profitable_customers as profitable_departures_allowed,
        paid_more_usd, given_away_usd, not_served_usd, rules_in_it,
        is_on_front, is_no_worse_than_listed, is_best_listed, is_chosen,
        verdict = 'eligible' and coalesce(earning_place = 1, false) as is_most_in_worst,
        coalesce(is_nearly_chosen, false) as is_nearly_chosen,
        coalesce(is_alternative, false) as is_alternative,
        coalesce(is_best_rise_capped, false) as is_best_rise_capped,
        coalesce(is_best_sparing, false) as is_best_sparing,
        verdict,
        case replace(verdict, '_after_savings', '')
            when 'today' then 'what customers have today'
            when 'eligible' then 'may be chosen'
            when 'too_many_steep_rises' then 'rejected: too many steep rises of profitable customers'
            when 'loses_profitable_customers' then 'rejected: too many profitable customers leave'
            when 'loses_margin_under_high_churn' then 'rejected: earns less than today in the worst churn scenario'
            when 'gains_too_little' then 'rejected: gains too little'
            when 'lost_to_cheaper_tiers' then 'rejected: earns less than today if customers take the cheapest tier'
            when 'cost_unknown' then 'not comparable: what the calls cost is unknown'
            else 'not comparable: names no tier in use'
        end
        || case when verdict like '%_after_savings' then ', once the savings are made' else '' end
        || case when is_chosen and not is_current then ', recommended' else '' end as verdict_words,
        is_dearest_rejected,
        {{ money('after_gross_margin_base_usd - chosen_base_usd') }} as more_than_chosen_base_usd,
        {{ money('after_worst_usd - chosen_worst_usd') }} as more_than_chosen_worst_usd
    from ranked

)

select * from final
