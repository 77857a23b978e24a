{# one row per scope (total, component, provider, team; what else has a budget) x UTC day with usage up to the as-of date: the series that
   are forecast. A day on which nothing at all was called is a gap in the data, not a day without cost; a day on which only this scope was
   idle costs 0 #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

budget_costs as (

    select * from {{ ref('int_budget_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# What is shared out goes on at its daily rate: it is not forecast. #}
costs as (

    select
        charges.charge_date as usage_date,
        coalesce(charges.provider, charges.provider_name) as provider,
        charges.team_id,
        charges.cost_component,
        sum(charges.effective_cost_usd) as cost_usd
    from charges
    inner join as_of on charges.charge_date between as_of.first_usage_date and as_of.as_of_date
    where charges.is_counted and charges.is_direct
    group by charges.charge_date, coalesce(charges.provider, charges.provider_name), charges.team_id, charges.cost_component

),

{# Each series is scored from 120 days, which takes time: what costs most comes first. #}
budgeted as (

    select
        scope,
        scope_id
    from budget_costs
    where scope not in {{ company_scopes() }}
    group by scope, scope_id
    qualify row_number() over (order by sum(cost_usd) desc, scope asc, scope_id asc) <= {{ assumption('budget_forecasts_up_to') }}

),

by_scope as (

    select usage_date, 'total' as scope, 'total' as scope_id, cost_usd from costs
    union all
    select usage_date, 'component' as scope, cost_component as scope_id, cost_usd from costs
    union all
    select usage_date, 'provider' as scope, provider as scope_id, cost_usd from costs
    union all
    select usage_date, 'team' as scope, team_id as scope_id, cost_usd from costs
    union all
    select budget_costs.usage_date, budget_costs.scope, budget_costs.scope_id, budget_costs.cost_usd - budget_costs.shared_cost_usd as cost_usd
    from budget_costs
    inner join budgeted on budget_costs.scope = budgeted.scope and budget_costs.scope_id = budgeted.scope_id

),

summed as (

    select
        usage_date,
        scope,
        scope_id,
        {{ money('coalesce(sum(cost_usd), 0)') }} as cost_usd
    from by_scope
    group by usage_date, scope, scope_id

),

scopes as (

    select
        scope,
        scope_id,
        min(usage_date) as first_usage_date
    from summed
    group by scope, scope_id

),

days as (

    select distinct usage_date from summed

),

filled as (

    select
        scopes.scope,
        scopes.scope_id,
        days.usage_date,
        {{ iso_weekday('days.usage_date') }} as iso_weekday,
        coalesce(summed.cost_usd, {{ money(0) }}) as cost_usd
    from scopes
    inner join days on scopes.first_usage_date <= days.usage_date
    left join summed
        on scopes.scope = summed.scope and scopes.scope_id = summed.scope_id and days.usage_date = summed.usage_date

)

select * from filled
