{# one row per month x basis (prior period, budget, forecast) x scope: what was spent, what it is held against, and what of the difference was there before the month or is not usage #}

with changes as (

    select * from {{ ref('int_cost_changes_decomposed') }}

),

team_costs as (

    select * from {{ ref('int_team_costs_monthly') }}

),

budgets_in_force as (

    select * from {{ ref('int_budgets') }}

),

costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

methods as (

    select * from {{ ref('int_forecast_methods') }}

),

budgets as (

    select
        period_start_date as month_start_date,
        scope_id as team_id,
        budget_usd
    from budgets_in_force
    where scope = 'team' and period = 'month'

),

usage as (

    select
        month_start_date,
        scope,
        scope_id,
        {{ money('sum(cost_usd)') }} as usage_usd,
        {{ money('sum(prior_cost_usd)') }} as prior_usage_usd
    from changes
    group by month_start_date, scope, scope_id

),

teams as (

    select
        month_start_date,
        team_id,
        max(covered_days) as covered_days,
        {{ money('sum(allocated_cost_usd)') }} as actual_usd,
        {{ money('sum(shared_cost_usd)') }} as shared_usd
    from team_costs
    group by month_start_date, team_id

),

{# A budget is held against the days that the data covers, and shared costs of the month before count for as many days. #}
team_budgets as (

    select
        teams.month_start_date,
        teams.team_id,
        teams.actual_usd,
        {{ split_exactly('budgets.budget_usd', 'teams.covered_days', '0', 'cast(extract(day from last_day(teams.month_start_date)) as integer)') }} as compared_usd,
        {{ money_of_double('coalesce(' ~ ratio('cast(before.shared_usd as double) * teams.covered_days', 'before.covered_days') ~ ', 0)') }} as prior_shared_usd
    from teams
    inner join budgets on teams.month_start_date = budgets.month_start_date and teams.team_id = budgets.team_id
    left join teams as before
        on teams.team_id = before.team_id and teams.month_start_date = last_day(before.month_start_date) + 1

),

{# The total is that of the calls: its forecast is the one of AI. #}
actual_months as (

    select
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        scope,
        scope_id,
        count(*) as days,
        {{ money('sum(cost_usd)') }} as actual_usd
    from costs
    where scope in ('provider', 'team') or (scope = 'component' and scope_id = 'ai')
    group by cast(date_trunc('month', usage_date) as date), scope, scope_id

),

{# A 31st day, which no forecast reaches, counts as their mean. #}
forecast_months as (

    {{ forecast_months() }}

),

forecast as (

    select
        actual_months.month_start_date,
        case when actual_months.scope = 'component' then 'total' else actual_months.scope end as scope,
        case when actual_months.scope = 'component' then 'total' else actual_months.scope_id end as scope_id,
        actual_months.actual_usd,
        {{ money_of_double('forecast_months.forecast * actual_months.days / forecast_months.days') }} as compared_usd
    from actual_months
    inner join forecast_months
        on
            actual_months.month_start_date = forecast_months.month_start_date
            and actual_months.scope = forecast_months.scope
            and actual_months.scope_id = forecast_months.scope_id

),

{# Where usage of the month before stood already, and what is no usage of calls. #}
final as (

    select
        usage.month_start_date,
        'prior period' as basis,
        usage.scope,
        usage.scope_id,
        usage.usage_usd as actual_usd,
        usage.prior_usage_usd as compared_usd,
        {{ money(0) }} as starting_point_usd,
        {{ money(0) }} as other_costs_usd
    from usage
    union all
    select
        usage.month_start_date,
        'budget' as basis,
        usage.scope,
        usage.scope_id,
        {{ money('team_budgets.actual_usd') }} as actual_usd,
        {{ money('team_budgets.compared_usd') }} as compared_usd,
        {{ money('usage.prior_usage_usd + team_budgets.prior_shared_usd - team_budgets.compared_usd') }} as starting_point_usd,
        {{ money('team_budgets.actual_usd - usage.usage_usd - team_budgets.prior_shared_usd') }} as other_costs_usd
    from usage
    inner join team_budgets
        on usage.month_start_date = team_budgets.month_start_date and usage.scope = 'team' and usage.scope_id = team_budgets.team_id
    union all
    select
        usage.month_start_date,
        'forecast' as basis,
        usage.scope,
        usage.scope_id,
        forecast.actual_usd,
        forecast.compared_usd,
        {{ money('usage.prior_usage_usd - forecast.compared_usd') }} as starting_point_usd,
        {{ money('forecast.actual_usd - usage.usage_usd') }} as other_costs_usd
    from usage
    inner join forecast
        on usage.month_start_date = forecast.month_start_date and usage.scope = forecast.scope and usage.scope_id = forecast.scope_id

)

select * from final
