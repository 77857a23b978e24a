{# one row per plan: whom it hits, of the customers of the trailing 30 days that are still subscribed; those who pay more, who pay less, who would move #}

with plan_backtests as (

    select * from {{ ref('rpt_plan_backtests') }}

),

customer_savings as (

    select * from {{ ref('int_customer_savings') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}
    where is_counted

),

churn_scenarios as (

    select * from {{ ref('rpt_churn_scenarios') }}

),

saved as (

    select
        customer_savings.customer_id,
        {{ money('sum(customer_savings.net_monthly_savings_usd)') }} as saved_usd
    from customer_savings
    inner join actions_on_calls on customer_savings.action_id = actions_on_calls.action_id
    group by customer_savings.customer_id

),

last_step as (

    select max(rise_from_share) as last_rise_share from churn_scenarios

),

costed as (

    select
        plan_backtests.*,
        last_step.last_rise_share,
        coalesce(saved.saved_usd, {{ money(0) }}) as saving_usd
    from plan_backtests
    cross join last_step
    left join saved on plan_backtests.customer_id = saved.customer_id

),

{# What is no longer served saves nothing; a customer whose cost is unknown is in no margin. #}
customers as (

    select
        *,
        case when current_gross_margin_usd is not null then saving_usd end as saved_usd,
        case
            when gross_margin_usd is not null
                then {{ money_of_double("cast(saving_usd as double) * coalesce(" ~ ratio('cost_to_serve_usd', 'cost_to_serve_usd + not_served_usd') ~ ", 1)") }}
        end as kept_saving_usd,
        cost_to_serve_usd + not_served_usd as current_cost_usd,
        is_active and revenue_change_usd > 0 as is_rising,
        is_active and coalesce(price_change_share > {{ assumption('steep_rise_from_share') }}, false) as is_steep,
        least(revenue_usd, higher_tier_revenue_usd) as chosen_revenue_usd,
        {{ money('gross_margin_usd * (1 - leave_probability_low)') }} - current_gross_margin_usd as margin_change_low_churn_usd,
        {{ money('gross_margin_usd * (1 - leave_probability_base)') }} - current_gross_margin_usd as margin_change_base_churn_usd,
        {{ money('gross_margin_usd * (1 - leave_probability_high)') }} - current_gross_margin_usd as margin_change_high_churn_usd,
        is_active and revenue_change_usd > 0
        and row_number() over (partition by plan_id, is_active order by revenue_change_usd desc, customer_id asc) <= 10 as is_among_largest_rises
    from costed

),

summed as (

    select
        plan_id,
        is_recommended,
        count(*) filter (where is_rising) as rising_customers,
        {{ money('coalesce(sum(current_revenue_usd) filter (where is_rising), 0)') }} as rising_current_revenue_usd,
        {{ money('coalesce(sum(revenue_change_usd) filter (where is_rising), 0)') }} as rising_revenue_change_usd,
        {{ percentile('case when is_rising then revenue_change_share end', 0.5) }} as rising_revenue_change_share_p50,
        {{ money('coalesce(sum(current_cost_usd) filter (where is_rising), 0)') }} as rising_cost_to_serve_usd,
        {{ ratio('sum(current_cost_usd) filter (where is_rising)', 'sum(current_cost_usd)') }} as rising_cost_share,
        count(*) filter (where is_among_largest_rises) as largest_rises,
        {{ money('coalesce(sum(revenue_change_usd) filter (where is_among_largest_rises), 0)') }} as largest_rises_usd,
        {{ ratio(
            'sum(revenue_change_usd) filter (where is_among_largest_rises)',
            'sum(revenue_change_usd) filter (where is_rising)'
        ) }} as largest_rises_share,
        {{ money('sum(margin_change_base_churn_usd) filter (where is_among_largest_rises)') }} as largest_rises_margin_change_usd,
        {{ money('sum(margin_change_low_churn_usd) filter (where is_among_largest_rises)') }} as largest_rises_margin_change_low_churn_usd,
        {{ money('sum(margin_change_high_churn_usd) filter (where is_among_largest_rises)') }} as largest_rises_margin_change_high_churn_usd,
        count(*) filter (where is_steep) as steep_customers,
        {{ money('coalesce(sum(gross_margin_usd) filter (where is_steep), 0)') }} as steep_gross_margin_usd,
        {{ money('sum(gross_margin_usd) filter (where is_rising)') }} as rising_gross_margin_usd,
        {{ money('sum(gross_margin_usd) filter (where not is_steep)') }} as gross_margin_without_steep_usd,
        {{ money('sum(gross_margin_usd)') }} as gross_margin_usd,
        {{ money('coalesce(sum(kept_saving_usd) filter (where not is_steep), 0)') }} as kept_saving_without_steep_usd,
        {{ money('coalesce(sum(saved_usd), 0)') }} as saved_usd,
        max(last_rise_share) as last_scenario_rise_share,
        count(*) filter (where is_active and price_change_share > last_rise_share) as rises_beyond_scenarios,
        {{ money('sum(current_gross_margin_usd)') }} as current_gross_margin_usd,
        count(*) filter (where is_active and revenue_change_usd < 0 and current_gross_margin_usd >= 0) as profitable_falling_customers,
        {{ money('coalesce(-sum(revenue_change_usd) filter (where is_active and revenue_change_usd < 0 and current_gross_margin_usd >= 0), 0)') }} as profitable_falls_usd,
        count(*) filter (where is_active and chosen_revenue_usd < revenue_usd) as moving_customers,
        {{ money('coalesce(sum(revenue_usd - chosen_revenue_usd), 0)') }} as moved_savings_usd,
        {{ money('coalesce(sum(chosen_revenue_usd - current_revenue_usd), 0)') }} as revenue_change_after_moves_usd
    from customers
    group by plan_id, is_recommended

),

final as (

    select
        plan_id,
        is_recommended,
        rising_customers,
        rising_current_revenue_usd,
        rising_revenue_change_usd,
        rising_revenue_change_share_p50,
        rising_cost_to_serve_usd,
        rising_cost_share,
        largest_rises,
        largest_rises_usd,
        largest_rises_share,
        largest_rises_margin_change_usd,
        least(largest_rises_margin_change_low_churn_usd, largest_rises_margin_change_high_churn_usd) as largest_rises_margin_change_low_usd,
        greatest(largest_rises_margin_change_low_churn_usd, largest_rises_margin_change_high_churn_usd) as largest_rises_margin_change_high_usd,
        steep_customers,
        steep_gross_margin_usd,
        {{ ratio('steep_gross_margin_usd', 'rising_gross_margin_usd') }} as steep_margin_share,
        gross_margin_without_steep_usd,
        {{ money('gross_margin_without_steep_usd - current_gross_margin_usd') }} as margin_change_without_steep_usd,
        {{ money('gross_margin_without_steep_usd + kept_saving_without_steep_usd - current_gross_margin_usd - saved_usd') }}
            as margin_change_without_steep_after_savings_usd,
        last_scenario_rise_share,
        rises_beyond_scenarios,
        case
            when rising_gross_margin_usd > 0
                then least(1, {{ ratio('gross_margin_usd - current_gross_margin_usd', 'rising_gross_margin_usd') }})
        end as bearable_leaving_share,
        profitable_falling_customers,
        profitable_falls_usd,
        moving_customers,
        moved_savings_usd,
        revenue_change_after_moves_usd
    from summed

)

select * from final
