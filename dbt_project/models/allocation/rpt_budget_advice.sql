{# one row per month x team with a budget: how often the team was over so far, and so whether the budget is wrong or the use is #}

with budget_status as (

    select * from {{ ref('rpt_budget_status') }}
    where budget_usd is not null

),

budgets_in_force as (

    select * from {{ ref('int_budgets') }}

),

open_savings as (

    select * from {{ ref('int_open_savings') }}
    where scope = 'team'

),

company_budgets as (

    select
        period_start_date as month_start_date,
        budget_usd as company_budget_usd
    from budgets_in_force
    where scope = 'total' and period = 'month'

),

{# A month of which days are missing proves nothing, nor does a dollar too much. #}
judged as (

    select
        *,
        month_phase = 'ended' and covered_days = days_in_month as is_judged,
        month_phase = 'ended' and covered_days = days_in_month
        and {{ is_clearly_over('actual_cost_usd', 'budget_usd') }} as is_missed,
        case when month_phase = 'ended' and covered_days = days_in_month then actual_cost_usd end as whole_month_cost_usd
    from budget_status

),

remembered as (

    select
        *,
        sum(case when is_judged then 1 else 0 end) over so_far as judged_months,
        sum(case when is_missed then 1 else 0 end) over so_far as over_months,
        {{ money_of_double(ratio('sum(whole_month_cost_usd) over recent_months', 'count(whole_month_cost_usd) over recent_months')) }}
            as usual_month_cost_usd,
        max(projected_cost_usd) over this_and_next as most_ahead_usd
    from judged
    window
        so_far as (partition by team_id order by month_start_date rows between unbounded preceding and current row),
        recent_months as (partition by team_id order by month_start_date rows between 3 preceding and current row),
        this_and_next as (partition by team_id order by month_start_date rows between current row and 1 following)

),

{# A budget that was never kept says nothing about the use of this month; but what can be saved is use. #}
saved as (

    select
        remembered.*,
        open_savings.open_savings_usd,
        remembered.budget_status in ('over budget', 'heading over budget')
        and coalesce(open_savings.open_savings_usd >= remembered.projected_variance_usd, false) as is_covered_by_savings
    from remembered
    left join open_savings on remembered.team_id = open_savings.scope_id

),

verdicts as (

    select
        *,
        case
            when budget_status not in ('over budget', 'heading over budget') then null
            when judged_months >= {{ assumption('budget_wrong_months_from') }} and over_months = judged_months and not is_covered_by_savings then 'the budget is wrong'
            else 'the use is'
        end as overrun_verdict
    from saved

),

{# A budget below what is forecast would be missed in its first month. #}
suggested as (

    select
        *,
        case when overrun_verdict = 'the budget is wrong' then {{ money('greatest(usual_month_cost_usd, most_ahead_usd)') }} end as suggested_budget_usd
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
        suggested.budget_status in ('over budget', 'heading over budget') as is_over,
        {{ money("sum(case when suggested.budget_status in ('over budget', 'heading over budget') then suggested.projected_variance_usd end) over (partition by suggested.month_start_date)") }}
            as month_overrun_usd,
        cast(suggested.judged_months as bigint) as judged_months,
        cast(suggested.over_months as bigint) as over_months,
        suggested.usual_month_cost_usd,
        suggested.overrun_verdict,
        suggested.open_savings_usd,
        suggested.is_covered_by_savings,
        suggested.suggested_budget_usd,
        {{ money('sum(coalesce(suggested.suggested_budget_usd, suggested.budget_usd)) over (partition by suggested.month_start_date)') }}
            as suggested_team_budgets_usd,
        {{ money('company_budgets.company_budget_usd') }} as company_budget_usd
    from suggested
    left join company_budgets on suggested.month_start_date = company_budgets.month_start_date

)

select * from final
