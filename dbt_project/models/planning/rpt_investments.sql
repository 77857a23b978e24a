{# one row per investment: its return, its range over random draws and what decides it, side by side; a view over few rows #}

{{ config(materialized=view_or_table()) }}

with returns as (

    select * from {{ ref('rpt_investment_returns') }}

),

flows as (

    select * from {{ ref('fct_investment_flows') }}

),

{# The driver that moves the value most decides. #}
decisive as (

    select investment_id, item, note as driver_name, low_value
    from returns
    where kind = 'tornado' and rank_number = 1

),

figures as (

    select
        returns.*,
        returns.kind = 'measure' and returns.scenario = 'base' as is_of_plan,
        coalesce(returns.item = decisive.item, false) as is_decisive,
        decisive.driver_name,
        decisive.low_value as driver_low_value
    from returns
    left join decisive on returns.investment_id = decisive.investment_id

),

pivoted as (

    select
        investment_id,
        investment_label,
        is_illustrative,
        owner_role,
        period_unit,
        measured_action_id,
        max(value) filter (where is_of_plan and method = 'npv') as npv,
        max(value) filter (where is_of_plan and method = 'roi') as roi_share,
        max(value) filter (where is_of_plan and method = 'irr' and status = 'known') as irr_share,
        max(status) filter (where is_of_plan and method = 'irr') as irr_status,
        max(value) filter (where is_of_plan and method = 'mirr') as mirr_share,
        max(value) filter (where is_of_plan and method = 'payback_simple') as payback_periods,
        max(status) filter (where is_of_plan and method = 'payback_simple') as payback_status,
        max(value) filter (where kind = 'measure' and scenario = 'conservative' and method = 'npv') as conservative_npv,
        max(value) filter (where kind = 'measure' and scenario = 'optimistic' and method = 'npv') as optimistic_npv,
        max(value) filter (where kind = 'measure' and scenario = 'ai_cost_spike' and method = 'npv') as ai_cost_spike_npv,
        {%- for method in ['cost', 'benefit'] %}
        max(value) filter (where kind = 'realised' and method = 'total_{{ method }}') as realised_{{ method }},
        max(compared_value) filter (where kind = 'realised' and method = 'total_{{ method }}') as planned_{{ method }},
        {%- endfor %}
        max(value) filter (where kind = 'risk' and scenario = 'base' and method = 'npv_p10') as p10,
        max(value) filter (where kind = 'risk' and scenario = 'base' and method = 'npv_p50') as p50,
        max(value) filter (where kind = 'risk' and scenario = 'base' and method = 'npv_p90') as p90,
        max(value) filter (where kind = 'risk' and scenario = 'after_steps' and method = 'npv_p10') as p10_after_steps,
        max(value) filter (where kind = 'risk' and scenario = 'after_steps' and method = 'npv_p90') as p90_after_steps,
        max(value) filter (where kind = 'verdict') as loss_share,
        max(compared_value) filter (where kind = 'verdict') as loss_share_after_steps,
        max(status) filter (where kind = 'verdict') as verdict,
        {{ stable_sum("case when kind = 'driver' and status <> 'costs more than it brings' then compared_value end") }} as steps,
        max(driver_name) as driver_name,
        max(driver_low_value) as driver_low,
        max(value) filter (where kind = 'break_even' and scenario = 'base' and is_decisive) as needed_share,
        max(value) filter (where kind = 'break_even' and scenario = 'after_steps' and is_decisive) as needed_share_after_steps,
        max(status) filter (where kind = 'break_even' and is_decisive) as bound,
        max(note) filter (where kind = 'driver' and is_decisive) as first_step
    from figures
    group by investment_id, investment_label, is_illustrative, owner_role, period_unit, measured_action_id

),

final as (

    select
        pivoted.investment_id,
        pivoted.investment_label,
        pivoted.is_illustrative,
        pivoted.owner_role,
        pivoted.period_unit,
        pivoted.measured_action_id,
        flows.benefit_usd as first_period_benefit_usd,
        {{ money_of_double('pivoted.npv') }} as npv_usd,
        pivoted.roi_share,
        pivoted.irr_share,
        pivoted.irr_status,
        pivoted.mirr_share,
        pivoted.payback_periods,
        pivoted.payback_status,
        {{ money_of_double('pivoted.conservative_npv') }} as conservative_npv_usd,
        {{ money_of_double('pivoted.optimistic_npv') }} as optimistic_npv_usd,
        {{ money_of_double('pivoted.ai_cost_spike_npv') }} as ai_cost_spike_npv_usd,
        {%- for method in ['cost', 'benefit'] %}
        {{ money_of_double('pivoted.planned_' ~ method) }} as planned_{{ method }}_so_far_usd,
        {{ money_of_double('pivoted.realised_' ~ method) }} as realised_{{ method }}_usd,
        {{ money(money_of_double('pivoted.realised_' ~ method) ~ ' - ' ~ money_of_double('pivoted.planned_' ~ method)) }} as realised_{{ method }}_variance_usd,
        {%- endfor %}
        {{ money_of_double('pivoted.p10') }} as p10_usd,
        {{ money_of_double('pivoted.p50') }} as p50_usd,
        {{ money_of_double('pivoted.p90') }} as p90_usd,
        pivoted.npv > pivoted.p90 as is_plan_above_draws,
        case
            when pivoted.npv > pivoted.p90 then 'better than nine in ten draws'
            when pivoted.npv < pivoted.p10 then 'worse than nine in ten draws'
            when pivoted.npv > pivoted.p50 then 'better than the middle draw'
            when pivoted.npv <= pivoted.p50 then 'not better than the middle draw'
        end as plan_against_draws,
        {{ money_of_double('pivoted.p10_after_steps') }} as p10_after_steps_usd,
        {{ money_of_double('pivoted.p90_after_steps') }} as p90_after_steps_usd,
        pivoted.loss_share,
        pivoted.loss_share_after_steps,
        pivoted.verdict,
        {{ money_of_double('pivoted.steps') }} as steps_usd,
        pivoted.driver_name,
        {{ money_of_double('pivoted.driver_low') }} as driver_low_usd,
        pivoted.needed_share,
        pivoted.needed_share_after_steps,
        pivoted.bound,
        pivoted.first_step
    from pivoted
    left join flows on pivoted.investment_id = flows.investment_id and flows.scenario = 'base' and flows.period = 1

)

select * from final
