{# one row per plan of the list, and the recommended one; every customer of the trailing 30 days re-rated under it #}

with plan_backtests as (

    select * from {{ ref('rpt_plan_backtests') }}

),

plan_frontier as (

    select * from {{ ref('rpt_plan_frontier') }}
    where is_listed and transition_id = 'none'

),

{# A customer that leaves takes its revenue along, and its cost. #}
summed as (

    select
        plan_id, plan_name, plan_kind, plan_label, is_current_plan, is_listed, is_recommended,
        count(*) as customers,
        count(*) filter (where is_priced_by_plan) as customers_priced,
        {{ money('sum(revenue_usd)') }} as revenue_usd,
        {{ money('sum(usage_fee_usd)') }} as usage_fee_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_to_serve_usd,
        {{ money('sum(gross_margin_usd)') }} as gross_margin_usd,
        {{ ratio('sum(gross_margin_usd)', 'sum(revenue_usd) filter (where gross_margin_usd is not null)') }} as gross_margin_share,
        {{ money('sum(current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(current_gross_margin_usd)') }} as current_gross_margin_usd,
        {{ money('sum(revenue_change_usd)') }} as revenue_change_usd,
        count(*) filter (where is_unprofitable) as unprofitable_customers,
        count(*) filter (where is_active) as active_customers,
        count(*) filter (where is_active and revenue_change_usd > 0) as customers_paying_more,
        count(*) filter (where is_active and revenue_change_usd < 0) as customers_paying_less,
        count(*) filter (where is_active and revenue_change_usd = 0) as customers_unchanged,
        count(*) filter (where current_revenue_usd > 0) as paying_customers,
        count(*) filter (where price_change_share > {{ assumption('steep_rise_from_share') }}) as customers_with_steep_rise,
        count(*) filter (where current_revenue_usd > 0 and current_gross_margin_usd >= 0) as profitable_customers,
        count(*) filter (where current_revenue_usd > 0 and current_gross_margin_usd >= 0 and price_change_share > {{ assumption('steep_rise_from_share') }})
            as profitable_steep_rises,
        cast(sum(leave_probability_low) as double) as customers_lost_low_churn,
        {{ money('sum(revenue_usd * (1 - leave_probability_low))') }} as revenue_low_churn_usd,
        {{ money('sum(gross_margin_usd * (1 - leave_probability_low))') }} as gross_margin_low_churn_usd,
        cast(sum(leave_probability_base) as double) as customers_lost_base_churn,
        {{ money('sum(revenue_usd * (1 - leave_probability_base))') }} as revenue_base_churn_usd,
        {{ money('sum(gross_margin_usd * (1 - leave_probability_base))') }} as gross_margin_base_churn_usd,
        cast(sum(leave_probability_high) as double) as customers_lost_high_churn,
        {{ money('sum(revenue_usd * (1 - leave_probability_high))') }} as revenue_high_churn_usd,
        {{ money('sum(gross_margin_usd * (1 - leave_probability_high))') }} as gross_margin_high_churn_usd,
        {{ money('sum(list_fee_usd) filter (where is_priced_by_plan)') }} as list_fee_usd,
        {{ money('sum(current_revenue_usd) filter (where is_priced_by_plan and list_fee_usd is not null)') }} as list_fee_paid_usd,
        count(*) filter (where is_priced_by_plan and list_fee_usd > 0) as customers_with_list_fee,
        count(*) filter (
            where is_priced_by_plan and list_fee_usd > 0
            and abs(current_revenue_usd - list_fee_usd) > {{ assumption('other_fee_from_share') }} * list_fee_usd
        ) as customers_with_other_fee,
        {{ money('sum(transition_usd)') }} as transition_usd,
        {{ money('sum(not_served_usd)') }} as not_served_usd,
        count(*) filter (where current_gross_margin_usd < 0) as current_unprofitable_customers,
        {{ money('coalesce(-sum(least(current_gross_margin_usd, 0)), 0)') }} as current_losses_usd,
        count(*) filter (where current_gross_margin_usd is null) as unknown_customers,
        cast(coalesce(sum(uncosted_calls), 0) as bigint) as uncosted_calls,
        {{ ratio('sum(current_gross_margin_usd)', 'sum(current_revenue_usd) filter (where current_gross_margin_usd is not null)') }} as current_gross_margin_share,
        {{ ratio(
            'sum(gross_margin_usd * (1 - leave_probability_base))',
            'sum(revenue_usd * (1 - leave_probability_base)) filter (where current_gross_margin_usd is not null)'
        ) }} as gross_margin_base_churn_share
    from plan_backtests
    group by plan_id, plan_name, plan_kind, plan_label, is_current_plan, is_listed, is_recommended

),

shared as (

    select
        summed.*,
        case when not summed.is_recommended and plan_frontier.verdict not in ('eligible', 'today') then plan_frontier.verdict end as searched_verdict,
        plan_frontier.verdict_words as searched_verdict_words,
        {{ ratio('summed.profitable_steep_rises', 'summed.profitable_customers') }} as steep_rise_customer_share,
        {{ ratio('summed.customers_with_other_fee', 'summed.customers_with_list_fee') }} >= {{ assumption('other_list_from_share') }} as is_other_list
    from summed
    left join plan_frontier on summed.plan_id = plan_frontier.plan_id

),

{# The first reason that holds speaks against the plan; what the search rejects, which lets a customer take another tier, is rejected here. A steep rise of a customer that costs more than it pays is none. #}
judged as (

    select
        *,
        {{ money('gross_margin_usd - current_gross_margin_usd') }} as gross_margin_change_usd,
        {{ money('gross_margin_base_churn_usd - current_gross_margin_usd') }} as gross_margin_change_base_churn_usd,
        case
            when is_current_plan then 'today'
            when is_recommended then 'eligible'
            when customers_priced = 0 then 'names_no_tier_in_use'
            when gross_margin_usd is null then 'cost_unknown'
            when steep_rise_customer_share > {{ assumption('steep_rise_customers_up_to_share') }} then 'too_many_steep_rises'
            when gross_margin_high_churn_usd < current_gross_margin_usd then 'loses_margin_under_high_churn'
            when gross_margin_base_churn_usd - current_gross_margin_usd < {{ assumption('margin_gain_from_share') }} * abs(current_gross_margin_usd)
                then 'gains_too_little'
            else coalesce(searched_verdict, 'eligible')
        end as verdict
    from shared

),

ranked as (

    select
        *,
        count(case when verdict not in ('today', 'names_no_tier_in_use', 'cost_unknown') then 1 end) over () as comparable_plans,
        max(case when is_recommended then gross_margin_base_churn_usd end) over () as recommended_margin_usd
    from judged

),

final as (

    select
        plan_id,
        plan_name,
        plan_kind,
        plan_label,
        is_current_plan,
        customers,
        revenue_usd,
        usage_fee_usd,
        cost_to_serve_usd,
        gross_margin_usd,
        gross_margin_share,
        current_revenue_usd,
        revenue_change_usd,
        current_gross_margin_usd,
        gross_margin_change_usd,
        unprofitable_customers,
        paying_customers,
        active_customers,
        customers_paying_more,
        customers_paying_less,
        customers_unchanged,
        customers_with_steep_rise,
        profitable_customers,
        profitable_steep_rises,
        steep_rise_customer_share,
        customers_lost_low_churn,
        customers_lost_base_churn,
        customers_lost_high_churn,
        revenue_low_churn_usd,
        revenue_base_churn_usd,
        revenue_high_churn_usd,
        gross_margin_low_churn_usd,
        gross_margin_base_churn_usd,
        gross_margin_high_churn_usd,
        gross_margin_change_base_churn_usd,
        {{ money('gross_margin_low_churn_usd - current_gross_margin_usd') }} as gross_margin_change_low_churn_usd,
        {{ money('gross_margin_high_churn_usd - current_gross_margin_usd') }} as gross_margin_change_high_churn_usd,
        {{ money('least(gross_margin_low_churn_usd, gross_margin_high_churn_usd) - current_gross_margin_usd') }} as gross_margin_change_low_usd,
        {{ money('greatest(gross_margin_low_churn_usd, gross_margin_high_churn_usd) - current_gross_margin_usd') }} as gross_margin_change_high_usd,
        {{ ratio('gross_margin_change_base_churn_usd', 'abs(current_gross_margin_usd)') }} as gross_margin_change_base_churn_share,
        {{ money('revenue_base_churn_usd - current_revenue_usd') }} as revenue_change_base_churn_usd,
        {{ money('least(revenue_low_churn_usd, revenue_high_churn_usd) - current_revenue_usd') }} as revenue_change_low_usd,
        {{ money('greatest(revenue_low_churn_usd, revenue_high_churn_usd) - current_revenue_usd') }} as revenue_change_high_usd,
        {{ ratio('revenue_base_churn_usd - current_revenue_usd', 'current_revenue_usd') }} as revenue_change_base_churn_share,
        cast(floor({{ assumption('steep_rise_customers_up_to_share') }} * profitable_customers) as bigint) as profitable_steep_rises_allowed,
        cast(floor({{ assumption('steep_rise_customers_up_to_share') }} * profitable_customers) as bigint) - profitable_steep_rises + 1 as steep_rises_until_rejected,
        {{ money_of_double(ratio('revenue_usd', 'paying_customers')) }} as revenue_per_paying_customer_usd,
        {{ money('least(gross_margin_low_churn_usd, gross_margin_high_churn_usd)') }} as gross_margin_least_churn_usd,
        {{ money('greatest(gross_margin_low_churn_usd, gross_margin_high_churn_usd)') }} as gross_margin_most_churn_usd,
        verdict,
        is_recommended,
        list_fee_usd,
        list_fee_paid_usd,
        customers_with_list_fee,
        customers_with_other_fee,
        coalesce(is_other_list, false) as is_other_list,
        is_listed,
        transition_usd,
        not_served_usd,
        current_unprofitable_customers,
        current_losses_usd,
        unknown_customers,
        uncosted_calls,
        current_gross_margin_share,
        gross_margin_base_churn_share,
        gross_margin_base_churn_share - current_gross_margin_share as gross_margin_share_change,
        {{ money('nullif(greatest(gross_margin_change_base_churn_usd - revenue_base_churn_usd + current_revenue_usd, 0), 0)') }} as cost_leaving_usd,
        case when is_other_list then {{ ratio('abs(list_fee_usd - list_fee_paid_usd)', 'list_fee_paid_usd') }} end as list_gap_share,
        comparable_plans,
        {{ money('gross_margin_base_churn_usd - recommended_margin_usd') }} as more_than_recommended_usd,
        verdict not in ('today', 'eligible', 'names_no_tier_in_use', 'cost_unknown') as is_rejected,
        case verdict
            when searched_verdict then searched_verdict_words
            when 'today' then 'what customers have today'
            when 'eligible' then case when is_listed then 'may be chosen' else 'found by the search' end
            when 'too_many_steep_rises' then 'rejected: too many steep rises'
            when 'loses_margin_under_high_churn' then 'rejected: loses margin under high churn'
            when 'gains_too_little' then 'rejected: gains too little'
            when 'cost_unknown' then 'not comparable: what the calls cost is unknown'
            else 'not comparable: names no tier in use'
        end || case when is_recommended then ', recommended' else '' end as verdict_words
    from ranked

)

select * from final
