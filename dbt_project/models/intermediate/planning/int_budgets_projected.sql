{# one row per budget in force (scope x period): what was spent, what a day costs, and what the days to come will #}

with budgets as (

    select * from {{ ref('int_budgets') }}

),

costs as (

    select * from {{ ref('int_budget_costs_daily') }}

),

forecasts as (

    select * from {{ ref('int_cost_days_ahead') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

spent as (

    select
        budgets.scope,
        budgets.scope_id,
        budgets.period,
        budgets.period_start_date,
        {{ money('sum(costs.cost_usd)') }} as actual_usd
    from budgets
    inner join costs
        on
            budgets.scope = costs.scope
            and budgets.scope_id = costs.scope_id
            and costs.usage_date between budgets.period_start_date and budgets.period_end_date
    group by budgets.scope, budgets.scope_id, budgets.period, budgets.period_start_date

),

{# What a day costs without a forecast: the mean of the last 28 days with data. #}
rates as (

    select
        costs.scope,
        costs.scope_id,
        {{ stable_sum('costs.cost_usd') }} / least(28, max({{ days_between('as_of.first_usage_date', 'as_of.as_of_date') }}) + 1) as daily_cost,
        {{ stable_sum('costs.shared_cost_usd') }} / least(28, max({{ days_between('as_of.first_usage_date', 'as_of.as_of_date') }}) + 1) as daily_shared_cost
    from costs
    cross join as_of
    where costs.usage_date > as_of.as_of_date - 28
    group by costs.scope, costs.scope_id

),

{# The forecast is of direct cost: what is shared goes on at its rate. #}
forecast_rates as (

    select
        scope,
        scope_id,
        {{ stable_avg('case when horizon_days <= 30 then forecast_usd end') }} as daily_forecast
    from forecasts
    group by scope, scope_id

),

ahead as (

    select
        budgets.scope,
        budgets.scope_id,
        budgets.period,
        budgets.period_start_date,
        count(*) as forecast_days,
        {{ stable_sum('forecasts.forecast_usd') }} as forecast_cost,
        {{ money('sum(forecasts.event_usd)') }} as event_usd
    from budgets
    inner join forecasts
        on
            budgets.scope = forecasts.scope
            and budgets.scope_id = forecasts.scope_id
            and forecasts.forecast_date between budgets.period_start_date and budgets.period_end_date
    group by budgets.scope, budgets.scope_id, budgets.period, budgets.period_start_date

),

placed as (

    select
        budgets.*,
        coalesce(owners.owner_name, budgets.scope_id) as scope_name,
        {{ days_between('budgets.period_start_date', 'budgets.period_end_date') }} + 1 as period_days,
        greatest(
            {{ days_between('greatest(budgets.period_start_date, as_of.first_usage_date)', 'least(budgets.period_end_date, as_of.as_of_date)') }} + 1, 0
        ) as covered_days,
        greatest({{ days_between('greatest(budgets.period_start_date - 1, as_of.as_of_date)', 'budgets.period_end_date') }}, 0) as days_ahead,
        case
            when budgets.period_start_date > as_of.as_of_date then 'planned'
            when budgets.period_end_date > as_of.as_of_date then 'running'
            else 'ended'
        end as period_phase,
        as_of.as_of_date as last_covered_date,
        coalesce(spent.actual_usd, {{ money(0) }}) as actual_usd,
        coalesce(forecast_rates.daily_forecast + coalesce(rates.daily_shared_cost, 0), rates.daily_cost) as daily_cost,
        coalesce(ahead.forecast_cost + coalesce(rates.daily_shared_cost, 0) * ahead.forecast_days, 0) as forecast_cost,
        coalesce(ahead.forecast_days, 0) as forecast_days,
        case when forecast_rates.daily_forecast is not null then coalesce(ahead.event_usd, {{ money(0) }}) end as event_usd,
        case when forecast_rates.daily_forecast is not null then 'forecast' when rates.daily_cost is not null then 'daily cost' end as forecast_basis
    from budgets
    cross join as_of
    left join spent
        on
            budgets.scope = spent.scope
            and budgets.scope_id = spent.scope_id
            and budgets.period = spent.period
            and budgets.period_start_date = spent.period_start_date
    left join rates on budgets.scope = rates.scope and budgets.scope_id = rates.scope_id
    left join forecast_rates on budgets.scope = forecast_rates.scope and budgets.scope_id = forecast_rates.scope_id
    left join ahead
        on
            budgets.scope = ahead.scope
            and budgets.scope_id = ahead.scope_id
            and budgets.period = ahead.period
            and budgets.period_start_date = ahead.period_start_date
    left join owners on budgets.scope_id = owners.owner_id and budgets.scope = owners.owner_type and owners.is_latest

),

projected as (

    select
        *,
        forecast_cost + daily_cost * (days_ahead - forecast_days) as cost_ahead,
        {{ split_exactly('cast(budget_usd as decimal(28, 12))', 'covered_days', '0', 'period_days') }} as budget_to_date_usd
    from placed

),

owned as (

    select 'product' as scope, product_id as scope_id, min(team_id) as team_id from features
    group by product_id
    having count(distinct team_id) = 1 and count(team_id) = count(*)
    union all
    select 'feature' as scope, feature_id as scope_id, min(team_id) as team_id from features
    group by feature_id
    having count(distinct team_id) = 1 and count(team_id) = count(*)

),

{# A hard stop of calls that are all of a team which is heading over its own budget is decided with that budget, by who approves it. #}
final as (

    select
        projected.*,
        teams.scope_name as decided_with_team_name,
        teams.approver_role as decided_by_role
    from projected
    left join owned on projected.gate = 'hard stop' and projected.scope = owned.scope and projected.scope_id = owned.scope_id
    left join projected as teams
        on
            teams.scope = 'team'
            and owned.team_id = teams.scope_id
            and projected.period = teams.period
            and projected.period_start_date = teams.period_start_date
            and teams.period_phase <> 'ended'
            and cast(teams.actual_usd as double) + teams.cost_ahead > cast(teams.budget_usd as double)

)

select * from final
