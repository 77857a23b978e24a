{# one row per month x team with a budget: how often the team was over so far, what open savings do about it, and so whether the budget is wrong or the use is #}

with budget_status as (

    select * from {{ ref('rpt_budget_status') }}
    where budget_usd is not null

),

budgets as (

    select * from {{ ref('rpt_budgets') }}
    where period = 'month'

),

team_costs as (

    select * from {{ ref('rpt_team_costs') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

teams_ahead as (

    select * from {{ ref('int_team_budgets_ahead') }}

),

owned as (

    select 'product' as scope, product_id as scope_id, team_id from features
    union
    select 'feature' as scope, feature_id as scope_id, team_id from features

),

{# A budget beside the team's own that refuses calls when it is used up, and may be. #}
stops as (

    select
        budgets.period_start_date as month_start_date,
        owned.team_id,
        budgets.scope || ' ' || budgets.scope_name as hard_stop_of,
        budgets.budget_usd as hard_stop_usd,
        budgets.forecast_usd as hard_stop_forecast_usd,
        budgets.upper_usd as hard_stop_upper_usd,
        row_number() over (partition by budgets.period_start_date, owned.team_id order by budgets.upper_usd - budgets.budget_usd desc nulls last, budgets.scope asc, budgets.scope_id asc) as place
    from budgets
    inner join owned on budgets.scope = owned.scope and budgets.scope_id = owned.scope_id
    where budgets.gate = 'hard stop' and budgets.period_phase <> 'ended' and budgets.upper_usd > budgets.budget_usd

),

{# A month of which days are missing proves nothing, nor does a dollar too much. #}
judged as (

    select
        *,
        month_phase = 'ended' and covered_days = days_in_month as is_judged,
        month_phase = 'ended' and covered_days = days_in_month and {{ is_clearly_over('actual_cost_usd', 'budget_usd') }} as is_missed,
        month_phase = 'ended' and covered_days = days_in_month and {{ ratio('budget_usd - actual_cost_usd', 'budget_usd') }} >= {{ assumption('variance_major_from_share') }} as is_far_under,
        case when month_phase = 'ended' and covered_days = days_in_month then actual_cost_usd end as whole_month_cost_usd
    from budget_status

),

remembered as (

    select
        *,
        budget_status in ('over budget', 'heading over budget') as is_over,
        sum(case when is_judged then 1 else 0 end) over so_far as judged_months,
        sum(case when is_missed then 1 else 0 end) over so_far as over_months,
        sum(case when is_far_under then 1 else 0 end) over so_far as far_under_months,
        max({{ ratio('whole_month_cost_usd', 'budget_usd') }}) over so_far as most_used_share,
        {{ money_of_double(ratio('sum(whole_month_cost_usd) over recent_months', 'count(whole_month_cost_usd) over recent_months')) }} as usual_month_cost_usd
    from judged
    window
        so_far as (partition by team_id order by month_start_date rows between unbounded preceding and current row),
        recent_months as (partition by team_id order by month_start_date rows between 3 preceding and current row)

),

{# What savings keep in each month ahead is use; a budget that was never kept, or never nearly used, says nothing about the use of this month. #}
advised as (

    select
        remembered.*,
        budgets.open_savings_usd,
        budgets.open_savings_on_calls_usd,
        budgets.lift_savings_usd,
        budgets.period_savings_usd,
        budgets.period_savings_low_usd,
        budgets.all_saved_from_date,
        budgets.approver_role,
        budgets.decide_by_date,
        teams_ahead.kept_from_date,
        teams_ahead.kept_low_from_date,
        teams_ahead.most_over_usd,
        teams_ahead.most_over_after_savings_usd,
        teams_ahead.proposed_a_month_usd,
        teams_ahead.proposed_after_savings_usd,
        teams_ahead.proposal_missed_from_date,
        teams_ahead.last_date_ahead,
        remembered.is_over and coalesce(budgets.open_savings_usd >= remembered.projected_variance_usd and teams_ahead.kept_from_date <= budgets.all_saved_from_date, false) as is_covered_by_savings,
        remembered.judged_months >= {{ assumption('budget_wrong_months_from') }} as is_judged_enough,
        coalesce(not remembered.is_over and remembered.far_under_months = remembered.judged_months and teams_ahead.proposed_a_month_usd < remembered.budget_usd and {{ ratio('remembered.budget_usd - teams_ahead.most_expected_usd', 'remembered.budget_usd') }} >= {{ assumption('variance_major_from_share') }}, false) as is_never_nearly_used
    from remembered
    left join budgets on budgets.scope = 'team' and remembered.team_id = budgets.scope_id and remembered.month_start_date = budgets.period_start_date
    left join teams_ahead on case when remembered.month_phase <> 'ended' then remembered.team_id end = teams_ahead.team_id

),

verdicts as (

    select
        *,
        is_judged_enough and is_never_nearly_used as is_too_large,
        case
            when not is_over then null
            when is_covered_by_savings or not is_judged_enough or over_months < judged_months then 'the use is'
            when open_savings_usd > 0 then 'both are'
            else 'the budget is wrong'
        end as overrun_verdict
    from advised

),

{# The budget that is proposed is the same on every page. #}
suggested as (

    select
        *,
        {%- set is_suggested = "is_too_large or (month_phase <> 'ended' and overrun_verdict in ('the budget is wrong', 'both are'))" %}
        case
            when not is_over then null
            when month_phase = 'ended' then 'ask what took it over'
            when is_covered_by_savings then 'change the use, not the budget'
            when overrun_verdict = 'both are' then 'change the use, then the budget'
            when overrun_verdict = 'the budget is wrong' then 'change the budget, not the use'
            else 'decide on a cut or on another budget'
        end as advice,
        case when {{ is_suggested }} then proposed_a_month_usd end as suggested_without_savings_usd,
        case when is_too_large then proposed_a_month_usd when {{ is_suggested }} then proposed_after_savings_usd end as suggested_budget_usd
    from verdicts

),

final as (

    select
        suggested.month_start_date,
        suggested.team_id,
        suggested.team_name,
        suggested.month_phase,
        suggested.budget_usd,
        suggested.projected_cost_usd,
        suggested.projected_variance_usd,
        suggested.budget_status,
        suggested.is_over,
        {{ money("sum(case when suggested.is_over then suggested.projected_variance_usd end) over (partition by suggested.month_start_date)") }} as month_overrun_usd,
        cast(suggested.judged_months as bigint) as judged_months,
        cast(suggested.over_months as bigint) as over_months,
        suggested.usual_month_cost_usd,
        suggested.overrun_verdict,
        suggested.advice,
        suggested.open_savings_usd,
        {{ money('suggested.open_savings_usd - suggested.open_savings_on_calls_usd - suggested.lift_savings_usd') }} as open_savings_on_machines_usd,
        suggested.open_savings_on_calls_usd,
        suggested.lift_savings_usd,
        case when suggested.lift_savings_usd > 0 then team_costs.lifts_for_less end as lifts_for_less,
        suggested.is_covered_by_savings,
        suggested.period_savings_usd as month_savings_usd,
        suggested.period_savings_low_usd as month_savings_low_usd,
        case when suggested.period_savings_usd is not null then {{ money('greatest(suggested.projected_variance_usd - suggested.period_savings_usd, 0)') }} end as overrun_after_savings_usd,
        {{ money('suggested.projected_cost_usd - suggested.open_savings_usd') }} as month_once_saved_usd,
        suggested.all_saved_from_date,
        case when suggested.is_over then suggested.kept_from_date end as kept_from_date,
        case when suggested.is_over then suggested.kept_low_from_date end as kept_low_from_date,
        case when suggested.is_over then suggested.most_over_usd end as most_over_usd,
        case when suggested.is_over then suggested.most_over_after_savings_usd end as most_over_after_savings_usd,
        suggested.proposed_after_savings_usd,
        suggested.is_too_large,
        suggested.most_used_share,
        suggested.suggested_budget_usd,
        suggested.suggested_without_savings_usd,
        case when suggested.suggested_budget_usd is not null then suggested.proposal_missed_from_date end as suggested_missed_from_date,
        suggested.last_date_ahead,
        case when suggested.is_too_large then {{ money('suggested.budget_usd - suggested.suggested_budget_usd') }} end as released_usd,
        {{ money('sum(coalesce(suggested.suggested_budget_usd, suggested.budget_usd)) over (partition by suggested.month_start_date)') }} as suggested_team_budgets_usd,
        company.budget_usd as company_budget_usd,
        stops.hard_stop_of,
        stops.hard_stop_usd,
        stops.hard_stop_forecast_usd,
        stops.hard_stop_upper_usd,
        suggested.approver_role,
        suggested.decide_by_date
    from suggested
    left join budgets as company on company.scope = 'total' and suggested.month_start_date = company.period_start_date
    left join team_costs on suggested.team_id = team_costs.team_id
    left join stops on case when suggested.month_phase <> 'ended' and suggested.is_over then suggested.team_id end = stops.team_id and suggested.month_start_date = stops.month_start_date and stops.place = 1
)

select * from final
