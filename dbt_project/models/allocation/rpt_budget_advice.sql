{# one row per month x team with a budget: how often the team was over so far, and so whether the budget is wrong or the use is #}

with budget_status as (

    select * from {{ ref('rpt_budget_status') }}
    where budget_usd is not null

),

{% set whole_month_cost = "case when month_phase = 'ended' and covered_days = days_in_month then actual_cost_usd end" %}
remembered as (

    select
        *,
        sum(case when month_phase = 'ended' and covered_days > 0 then 1 else 0 end) over so_far as judged_months,
        sum(case when month_phase = 'ended' and budget_status = 'over budget' then 1 else 0 end) over so_far as over_months,
        {{ money_of_double(ratio('sum(' ~ whole_month_cost ~ ') over recent_months', 'count(' ~ whole_month_cost ~ ') over recent_months')) }}
            as usual_month_cost_usd
    from budget_status
    window
        so_far as (partition by team_id order by month_start_date rows between unbounded preceding and current row),
        recent_months as (partition by team_id order by month_start_date rows between 3 preceding and current row)

),

{# A budget that was never kept says nothing about the use of this month. #}
final as (

    select
        month_start_date,
        team_id,
        team_name,
        month_phase,
        budget_usd,
        projected_cost_usd,
        projected_variance_usd,
        budget_status,
        cast(judged_months as bigint) as judged_months,
        cast(over_months as bigint) as over_months,
        usual_month_cost_usd,
        case
            when budget_status not in ('over budget', 'heading over budget') then null
            when judged_months >= {{ assumption('budget_wrong_months_from') }} and over_months = judged_months then 'the budget is wrong'
            else 'the use is'
        end as overrun_verdict
    from remembered

)

select * from final
