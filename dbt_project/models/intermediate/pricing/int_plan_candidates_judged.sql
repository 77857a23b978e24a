{# one row per candidate: what it is expected to earn, whom it hits, and which one is chosen; at today's cost, and (after_...) at what the counted
   actions on calls leave of it #}

with candidates as (

    select * from {{ ref('int_plan_candidates_rated') }}

),

structures as (

    select * from {{ ref('int_plan_structures') }}

),

transitions as (

    select * from {{ ref('plan_transitions') }}

),

customer_savings as (

    select * from {{ ref('int_customer_savings') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}
    where is_counted

),

plans as (

    select distinct
        structure_id, is_listed, is_current, plan_name, plan_kind, usage_unit, unit_cost_usd, units_cost_usd, fee_share, included_share, target_margin_share, usage_cap_fees
    from structures

),

saved as (

    select
        customer_savings.customer_id,
        {{ money('sum(customer_savings.net_monthly_savings_usd)') }} as saved_usd
    from customer_savings
    inner join actions_on_calls on customer_savings.action_id = actions_on_calls.action_id
    group by customer_savings.customer_id

),

rated as (

    select
        candidates.*,
        {{ money('candidates.cost_usd - coalesce(saved.saved_usd, 0)') }} as after_cost_usd,
        {{ money('cast(candidates.cost_usd - coalesce(saved.saved_usd, 0) as decimal(25, 12)) * ' ~ served_share('candidates')) }} as after_served_cost_usd,
        {{ revenue_after_savings('candidates', 'plans.usage_unit', 'coalesce(saved.saved_usd, 0)', 'transitions.floor_share') }} as after_revenue_usd,
        candidates.current_revenue_usd >= candidates.cost_usd - coalesce(saved.saved_usd, 0) as after_is_profitable
    from candidates
    inner join plans on candidates.structure_id = plans.structure_id
    inner join transitions on candidates.transition_id = transitions.transition_id
    left join saved on candidates.customer_id = saved.customer_id

),

{# A customer that leaves takes its revenue along, and its cost. One whose cost is unknown is in no margin. #}
summed as (

    select
        structure_id || ' / ' || transition_id as candidate_id, structure_id, transition_id,
        count(*) as customers, count(*) filter (where is_priced) as customers_priced,
        count(*) filter (where takes_dearer_tier) as customers_taking_a_dearer_tier,
        count(*) filter (where revenue_usd - cheapest_usd >= 1) as customers_with_a_cheaper_tier,
        {{ money('sum(current_revenue_usd)') }} as current_revenue_usd,
        {% for cost in ['', 'after_'] -%}
        {{ money('sum(' ~ cost ~ 'revenue_usd)') }} as {{ cost }}revenue_usd,
        {{ money('sum(case when not is_cost_unknown then current_revenue_usd - ' ~ cost ~ 'cost_usd end)') }} as {{ cost }}current_gross_margin_usd,
        {{ money('sum(case when not is_cost_unknown then ' ~ cost ~ 'revenue_usd - ' ~ cost ~ 'served_cost_usd end)') }} as {{ cost }}gross_margin_usd,
        {% for scenario in ['low', 'base', 'high'] -%}
        {{ money('sum(cast(' ~ cost ~ 'revenue_usd as decimal(25, 12)) * (1 - leave_probability_' ~ scenario ~ '))') }} as {{ cost }}revenue_{{ scenario }}_usd,
        {{ money('sum(case when not is_cost_unknown then cast(' ~ cost ~ 'revenue_usd - ' ~ cost ~ 'served_cost_usd as decimal(25, 12)) * (1 - leave_probability_' ~ scenario ~ ') end)') }}
            as {{ cost }}gross_margin_{{ scenario }}_usd,
        cast(coalesce(sum(leave_probability_{{ scenario }}) filter (where {{ cost }}is_profitable), 0) as double) as {{ cost }}profitable_customers_lost_{{ scenario }},
        {% endfor -%}
        {{ money('sum(case when not is_cost_unknown then cast(least(' ~ cost ~ 'revenue_usd, cheapest_usd) - ' ~ cost ~ 'served_cost_usd as decimal(25, 12)) * (1 - leave_probability_base) end)') }}
            as {{ cost }}gross_margin_cheapest_usd,
        count(*) filter (where not is_cost_unknown and {{ cost }}revenue_usd < {{ cost }}served_cost_usd) as {{ cost }}unprofitable_customers,
        count(*) filter (where {{ cost }}is_profitable and current_revenue_usd > 0) as {{ cost }}profitable_customers,
        count(*) filter (where {{ cost }}is_profitable and current_revenue_usd > 0 and rise_share > {{ assumption('steep_rise_from_share') }}) as {{ cost }}profitable_steep_rises,
        {% endfor -%}
        {{ money('sum(cost_usd - after_cost_usd) filter (where not is_cost_unknown)') }} as saved_usd,
        {% for scenario in ['low', 'base', 'high'] -%}
        cast(sum(leave_probability_{{ scenario }}) as double) as customers_lost_{{ scenario }},
        {% endfor -%}
        count(*) filter (where rise_share > {{ assumption('steep_rise_from_share') }}) as steep_rises,
        max(rise_share) as largest_rise_share,
        {{ money('coalesce(sum(revenue_usd - current_revenue_usd) filter (where revenue_usd > current_revenue_usd), 0)') }} as paid_more_usd,
        {{ money('coalesce(sum(current_revenue_usd - revenue_usd) filter (where revenue_usd < current_revenue_usd), 0)') }} as given_away_usd,
        {{ money('sum(cost_usd - served_cost_usd)') }} as not_served_usd
    from rated
    group by structure_id, transition_id

),

{# What is shown and compared is whole cents: a tenth of one is no reason to prefer a plan. #}
compared as (

    select
        summed.*,
        plans.is_listed, plans.is_current, plans.plan_name, plans.plan_kind, plans.usage_unit, plans.unit_cost_usd,
        plans.unit_cost_usd * case when plans.usage_unit = 'credit' then 1 else 1 - {{ ratio('summed.saved_usd', 'plans.units_cost_usd') }} end as after_unit_cost_usd,
        plans.fee_share, plans.included_share, plans.target_margin_share, plans.usage_cap_fees,
        transitions.floor_share, transitions.floor_share is not null as has_floor,
        case when plans.usage_cap_fees is null then 0 else 1 end + case when plans.included_share > 0 then 1 else 0 end
        + case when transitions.floor_share is null then 0 else 1 end + case when transitions.rise_cap_share is null then 0 else 1 end
        + case when transitions.spares_profitable then 1 else 0 end as rules_in_it,
    {%- for cost in ['', 'after_'] %}
    {{ ratio('summed.' ~ cost ~ 'profitable_steep_rises', 'summed.' ~ cost ~ 'profitable_customers') }} as {{ cost }}invoice_shock_share,
    {{ ratio('summed.' ~ cost ~ 'profitable_customers_lost_high', 'summed.' ~ cost ~ 'profitable_customers') }} as {{ cost }}profitable_departure_share,
    {{ 'round(summed.' ~ cost ~ 'gross_margin_base_usd, 2)' }} as {{ cost }}base_usd,
    {{ 'round(least(summed.#usd, summed.#low_usd, summed.#base_usd, summed.#high_usd), 2)' | replace('#', cost ~ 'gross_margin_') }} as {{ cost }}worst_churn_usd,
    {{ 'round(summed.' ~ cost ~ 'gross_margin_cheapest_usd, 2)' }} as {{ cost }}cheapest_usd,
    {{ 'round(least(summed.#usd, summed.#low_usd, summed.#base_usd, summed.#high_usd, summed.#cheapest_usd), 2)' | replace('#', cost ~ 'gross_margin_') }} as {{ cost }}worst_usd{{ ',' if not loop.last }}
    {%- endfor %}
    from summed
    inner join plans on summed.structure_id = plans.structure_id
    inner join transitions on summed.transition_id = transitions.transition_id

),

{# The first reason that holds speaks against the plan. Losing a customer that costs more than it pays is no reason. #}
judged as (

    select
        *,
        case
            when is_current then 'today'
            when customers_priced = 0 then 'names_no_tier_in_use'
            when gross_margin_usd is null then 'cost_unknown'
            {%- for cost, name in [('', ''), ('after_', '_after_savings')] %}
            when {{ cost }}invoice_shock_share > {{ assumption('steep_rise_customers_up_to_share') }} then 'too_many_steep_rises{{ name }}'
            when {{ cost }}profitable_departure_share > {{ assumption('profitable_departures_up_to_share') }} then 'loses_profitable_customers{{ name }}'
            when {{ cost }}worst_churn_usd < round({{ cost }}current_gross_margin_usd, 2) then 'loses_margin_under_high_churn{{ name }}'
            when
                {{ cost ~ 'gross_margin_base_usd - ' ~ cost ~ 'current_gross_margin_usd' }}
                < {{ assumption('margin_gain_from_share') }} * abs({{ cost }}current_gross_margin_usd)
                then 'gains_too_little{{ name }}'
            when {{ cost }}cheapest_usd < round({{ cost }}current_gross_margin_usd, 2) then 'lost_to_cheaper_tiers{{ name }}'
            {%- endfor %}
            else 'eligible'
        end as verdict
    from compared

),

{# Of the plans that the rules allow the one that earns most in the worst scenario, at the cost that the savings leave: there a
   plan gains least. No plan of the list can then be better in every scenario. #}
placed as (

    select
        *,
        {%- for churn in ['', '_low', '_base', '_high', '_cheapest'] %}
        {{ 'after_gross_margin' ~ churn ~ '_usd' }} >= coalesce(max(case when is_listed and verdict in ('eligible', 'today') then {{ 'after_gross_margin' ~ churn ~ '_usd' }} end) over (), 0)
        {{- ' and' if not loop.last }}
        {%- endfor %} as is_no_worse_than_listed,
        row_number() over (
            order by
                case verdict when 'eligible' then 1 when 'today' then 2 else 3 end asc, after_worst_usd desc, after_base_usd desc,
                after_profitable_steep_rises asc, rules_in_it asc, candidate_id asc
        ) as earning_place
    from judged

),

{# A floor holds only who has a fee today: a customer that signs up again pays less. Of plans that are as good for practical purposes
   the one whose list needs no floor is taken, unless one of the list then keeps more. #}
led as (

    select
        *,
        max(case when earning_place = 1 then after_worst_usd end) over () - after_worst_usd
        <= {{ assumption('nearly_as_good_up_to_share') }} * abs(max(case when earning_place = 1 then after_worst_usd end) over ())
        and max(case when earning_place = 1 then after_base_usd end) over () - after_base_usd
        <= {{ assumption('nearly_as_good_up_to_share') }} * abs(max(case when earning_place = 1 then after_base_usd end) over ()) as is_nearly_leading,
        max(case when is_listed and verdict in ('eligible', 'today') then after_worst_usd end) over () as listed_worst_usd
    from placed

),

settled as (

    select
        *,
        row_number() over (
            order by
                case when verdict = 'eligible' and not has_floor and is_nearly_leading and after_worst_usd >= coalesce(listed_worst_usd, after_worst_usd) then 1 else 2 end asc,
                earning_place asc
        ) as place
    from led

)

select
    *,
    place = 1 and verdict in ('eligible', 'today') as is_chosen
from settled
