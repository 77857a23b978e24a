{# one row per calendar month x row of its budget statement: each team with a budget, cost without one, and all; a view over few rows #}

{{ config(materialized=view_or_table()) }}

with budget_status as (

    select * from {{ ref('rpt_budget_status') }}

),

sums as (

    select
        month_start_date,
        {{ money('sum(budget_usd)') }} as budget_usd,
        {{ money('sum(actual_cost_usd)') }} as actual_cost_usd,
        {{ money(money('sum(actual_cost_usd)') ~ ' - ' ~ money('sum(budget_to_date_usd)')) }} as variance_usd,
        {{ ratio('sum(actual_cost_usd)', 'sum(budget_to_date_usd)') }} as burn_rate,
        {{ money('sum(projected_cost_usd)') }} as projected_cost_usd
    from budget_status
    group by month_start_date
    having sum(budget_usd) is not null

),

final as (

    select
        month_start_date, false as is_total, team_id, team_name, budget_usd, actual_cost_usd, variance_usd, burn_rate, projected_cost_usd,
        projected_variance_usd, budget_status
    from budget_status
    union all
    select
        month_start_date, true as is_total, 'all' as team_id, 'All' as team_name, budget_usd, actual_cost_usd, variance_usd, burn_rate, projected_cost_usd,
        {{ money('null') }} as projected_variance_usd,
        case when variance_usd > 0 then 'over the budgets together' else 'within the budgets together' end as budget_status
    from sums

)

select * from final
