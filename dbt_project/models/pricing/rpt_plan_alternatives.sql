{# one row per plan that people may prefer to the recommended one, and that one: what is nearly as good, the best that caps each
   rise, and the best that leaves alone who earns money #}

{{ config(materialized=view_or_table()) }}

with plan_frontier as (

    select * from {{ ref('rpt_plan_frontier') }}

),

feature_unit_margins as (

    select * from {{ ref('rpt_feature_unit_margins') }}

),

{# How much dearer than the mean a unit is in the feature where it is dearest. #}
dearest as (

    select
        usage_unit,
        {{ ratio('cost_per_unit_usd', 'mean_unit_cost_usd') }} as dearest_share
    from feature_unit_margins
    where has_least_margin

),

final as (

    select
        plan_frontier.candidate_id,
        plan_frontier.plan_name,
        plan_frontier.offer_name,
        plan_frontier.transition_id,
        plan_frontier.transition_name,
        plan_frontier.is_chosen,
        plan_frontier.is_alternative,
        plan_frontier.is_best_rise_capped,
        plan_frontier.is_best_sparing,
        plan_frontier.gross_margin_base_churn_after_savings_usd,
        plan_frontier.more_than_chosen_base_usd,
        plan_frontier.gross_margin_worst_after_savings_usd,
        plan_frontier.more_than_chosen_worst_usd,
        plan_frontier.profitable_steep_rises_after_savings,
        plan_frontier.profitable_steep_rises_allowed_after_savings,
        plan_frontier.profitable_customers_lost_high_after_savings,
        plan_frontier.profitable_departures_allowed_after_savings,
        plan_frontier.largest_rise_share,
        1 - dearest.dearest_share * (1 - plan_frontier.target_margin_share) as least_unit_margin_share,
        plan_frontier.unprofitable_customers,
        plan_frontier.verdict,
        plan_frontier.verdict_words
    from plan_frontier
    left join dearest on plan_frontier.usage_unit = dearest.usage_unit
    where
        plan_frontier.is_alternative
        or plan_frontier.is_best_rise_capped
        or plan_frontier.is_best_sparing
        or (plan_frontier.is_chosen and not plan_frontier.is_current_plan)

)

select * from final
