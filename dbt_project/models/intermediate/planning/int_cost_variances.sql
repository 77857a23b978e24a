{# one row per month x basis (prior period, budget, forecast) x scope: what was spent, what it is held against, and what of the difference was there before the month or has no quantity #}

with changes as (

    select * from {{ ref('int_cost_changes_decomposed') }}

),

all_costs as (

    select * from {{ ref('int_budget_costs_daily') }}

),

direct_costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

budgets as (

    select * from {{ ref('int_budgets') }}

),

forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

methods as (

    select * from {{ ref('int_forecast_methods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

compared_months as (

    select distinct month_start_date from changes

),

changed as (

    select
        month_start_date,
        scope,
        scope_id,
        {{ money('sum(days_usd + price_usd + volume_usd + mix_usd + efficiency_usd + new_usd + lost_usd)') }} as change_usd
    from changes
    group by month_start_date, scope, scope_id

),

{# A forecast is of direct cost, a budget of all of it. What is forecast from every seventh day alone has no budget, and no months to close. #}
costs as (

    select 'all' as kind, scope, scope_id, usage_date, cost_usd from all_costs
    union all
    select 'direct' as kind, scope, scope_id, usage_date, cost_usd from direct_costs
    where cost_usd is not null and days_between_origins = 1

),

placed as (

    select
        costs.*,
        cast(date_trunc('month', costs.usage_date) as date) as month_start_date,
        {{ compared_days('costs.usage_date') }}
    from costs
    cross join as_of

),

sides as (

    select kind, scope, scope_id, month_start_date, 1 as days, cost_usd, 0 as prior_cost_usd from placed
    union all
    select kind, scope, scope_id, next_month_start_date as month_start_date, 0 as days, 0 as cost_usd, cost_usd as prior_cost_usd from placed
    where is_compared

),

monthly as (

    select
        sides.kind,
        sides.month_start_date,
        sides.scope,
        sides.scope_id,
        cast(sum(sides.days) as integer) as days,
        {{ money('sum(sides.cost_usd)') }} as actual_usd,
        {{ money('sum(sides.prior_cost_usd)') }} as prior_usd
    from sides
    inner join compared_months on sides.month_start_date = compared_months.month_start_date
    group by sides.kind, sides.month_start_date, sides.scope, sides.scope_id

),

{# A 31st day, which no forecast reaches, counts as their mean. #}
forecast_months as (

    {{ forecast_months() }}

),

{# Of a month that is not over a budget is that of its days so far. #}
budget_months as (

    select
        budgets.scope,
        budgets.scope_id,
        budgets.period_start_date as month_start_date,
        cast(budgets.budget_usd as decimal(28, 12)) as budget_usd,
        {{ covered_days_of('budgets.period_start_date') }}
    from budgets
    cross join as_of
    where budgets.period = 'month'

),

held_against as (

    select
        'prior period' as basis,
        monthly.month_start_date,
        monthly.scope,
        monthly.scope_id,
        monthly.actual_usd,
        monthly.prior_usd,
        monthly.prior_usd as compared_usd
    from monthly
    where monthly.kind = 'all'
    union all
    select
        'budget' as basis,
        monthly.month_start_date,
        monthly.scope,
        monthly.scope_id,
        monthly.actual_usd,
        monthly.prior_usd,
        {{ split_exactly('budget_months.budget_usd', 'budget_months.covered_days', '0', 'budget_months.days_in_month') }} as compared_usd
    from monthly
    inner join budget_months
        on
            monthly.month_start_date = budget_months.month_start_date
            and monthly.scope = budget_months.scope
            and monthly.scope_id = budget_months.scope_id
    where monthly.kind = 'all'
    union all
    select
        'forecast' as basis,
        monthly.month_start_date,
        monthly.scope,
        monthly.scope_id,
        monthly.actual_usd,
        monthly.prior_usd,
        {{ money_of_double('forecast_months.forecast * monthly.days / forecast_months.days') }} as compared_usd
    from monthly
    inner join forecast_months
        on
            monthly.month_start_date = forecast_months.month_start_date
            and monthly.scope = forecast_months.scope
            and monthly.scope_id = forecast_months.scope_id
    where monthly.kind = 'direct'

),

{# What the parts of use do not explain of the change on the month before has no quantity, or is shared out. #}
final as (

    select
        held_against.month_start_date,
        held_against.basis,
        held_against.scope,
        held_against.scope_id,
        held_against.actual_usd,
        held_against.compared_usd,
        {{ money('held_against.prior_usd - held_against.compared_usd') }} as starting_point_usd,
        {{ money('held_against.actual_usd - held_against.prior_usd - coalesce(changed.change_usd, 0)') }} as other_costs_usd
    from held_against
    left join changed
        on
            held_against.month_start_date = changed.month_start_date
            and held_against.scope = changed.scope
            and held_against.scope_id = changed.scope_id

)

select * from final
