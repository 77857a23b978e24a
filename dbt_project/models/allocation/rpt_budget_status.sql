{# one row per calendar month x team: each month with cost, with a budget, or wholly within the forecast #}

with team_costs as (

    select * from {{ ref('int_team_costs_monthly') }}

),

forecasts as (

    select * from {{ ref('fct_cost_forecasts_daily') }}

),

budgets_in_force as (

    select * from {{ ref('int_budgets') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

budgets as (

    select
        period_start_date as month_start_date,
        scope_id as team_id,
        budget_usd
    from budgets_in_force
    where scope = 'team' and period = 'month'

),

actuals as (

    select
        month_start_date,
        team_id,
        max(covered_days) as covered_days,
        {{ money('sum(shared_cost_usd)') }} as shared_cost_usd,
        {{ money('sum(allocated_cost_usd)') }} as actual_cost_usd
    from team_costs
    group by month_start_date, team_id

),

forecast_months as (

    select
        cast(date_trunc('month', forecast_date) as date) as month_start_date,
        scope_id as team_id,
        count(forecast_usd) as forecast_days,
        {{ money('sum(forecast_usd)') }} as forecast_usd
    from forecasts
    where scope = 'team'
    group by cast(date_trunc('month', forecast_date) as date), scope_id

),

spent as (

    select
        coalesce(actuals.month_start_date, forecast_months.month_start_date) as month_start_date,
        coalesce(actuals.team_id, forecast_months.team_id) as team_id,
        coalesce(actuals.covered_days, 0) as covered_days,
        cast(extract(day from last_day(coalesce(actuals.month_start_date, forecast_months.month_start_date))) as integer) as days_in_month,
        actuals.actual_cost_usd,
        actuals.shared_cost_usd,
        coalesce(forecast_months.forecast_days, 0) as forecast_days,
        forecast_months.forecast_usd
    from actuals
    full outer join forecast_months
        on actuals.month_start_date = forecast_months.month_start_date and actuals.team_id = forecast_months.team_id

),

{# The forecast is used where it reaches every day to come. A month whose beginning lies before the data, or a team too young
   for a forecast, is projected at the rate of the days that are there. #}
placed as (

    select
        *,
        case
            when covered_days = days_in_month then 'actual'
            when covered_days + forecast_days = days_in_month then 'forecast'
            when covered_days > 0 then 'daily rate'
            else 'none'
        end as projection_method
    from spent

),

projected as (

    select
        month_start_date,
        team_id,
        covered_days,
        days_in_month,
        actual_cost_usd,
        projection_method,
        {# Shared costs are not forecast: they go on at their daily rate. #}
        {{ money("case projection_method
            when 'actual' then actual_cost_usd
            when 'forecast' then coalesce(actual_cost_usd, 0) + forecast_usd
                + " ~ money_of_double("coalesce(" ~ ratio('shared_cost_usd', 'covered_days') ~ " * (days_in_month - covered_days), 0)") ~ "
            when 'daily rate' then " ~ money_of_double(ratio('actual_cost_usd', 'covered_days') ~ " * days_in_month") ~ "
        end") }} as projected_cost_usd
    from placed

),

budgeted as (

    select
        coalesce(projected.month_start_date, budgets.month_start_date) as month_start_date,
        coalesce(projected.team_id, budgets.team_id) as team_id,
        {{ money('budgets.budget_usd') }} as budget_usd,
        projected.actual_cost_usd,
        projected.projected_cost_usd,
        coalesce(projected.projection_method, 'none') as projection_method,
        coalesce(projected.covered_days, 0) as covered_days,
        cast(extract(day from last_day(coalesce(projected.month_start_date, budgets.month_start_date))) as integer) as days_in_month
    from projected
    full outer join budgets on projected.month_start_date = budgets.month_start_date and projected.team_id = budgets.team_id

),

{# The part of the budget that belongs to the days with data: a month of which three days are missing is not judged by all of it. #}
prorated as (

    select
        budgeted.*,
        coalesce(owners.owner_name, budgeted.team_id) as team_name,
        {{ ratio('budgeted.covered_days', 'budgeted.days_in_month') }} as elapsed_share,
        {{ split_exactly('budgeted.budget_usd', 'budgeted.covered_days', '0', 'budgeted.days_in_month') }} as budget_to_date_usd,
        case
            when budgeted.month_start_date > as_of.as_of_date then 'planned'
            when last_day(budgeted.month_start_date) > as_of.as_of_date then 'running'
            else 'ended'
        end as month_phase
    from budgeted
    cross join as_of
    left join owners on budgeted.team_id = owners.owner_id and owners.is_latest
    where budgeted.budget_usd is not null or budgeted.covered_days > 0 or budgeted.projected_cost_usd is not null

),

final as (

    select
        month_start_date,
        team_id,
        team_name,
        month_phase,
        budget_usd,
        actual_cost_usd,
        budget_to_date_usd,
        {{ money('actual_cost_usd - budget_to_date_usd') }} as variance_usd,
        {{ ratio('actual_cost_usd - budget_to_date_usd', 'budget_to_date_usd') }} as variance_share,
        covered_days,
        days_in_month,
        elapsed_share,
        {{ ratio('actual_cost_usd', 'budget_usd') }} as consumed_share,
        {{ ratio('actual_cost_usd', 'budget_to_date_usd') }} as burn_rate,
        projected_cost_usd,
        {{ money('projected_cost_usd - budget_usd') }} as projected_variance_usd,
        projection_method,
        case
            when budget_usd is null then 'no budget'
            when month_phase = 'ended' and actual_cost_usd > budget_to_date_usd then 'over budget'
            when month_phase = 'ended' and actual_cost_usd <= budget_to_date_usd then 'within budget'
            when actual_cost_usd > budget_usd then 'over budget'
            when projected_cost_usd is null then 'unknown'
            when projected_cost_usd > budget_usd then 'heading over budget'
            else 'on track'
        end as budget_status
    from prorated

)

select * from final
