{# one row per scope (total, provider, team) x UTC day with usage up to the as-of date: the series that are forecast. A day on
   which nothing at all was called is a gap in the data, not a day without cost; a day on which only this scope was idle costs 0 #}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

costs as (

    select
        usage_owned.usage_date,
        usage_owned.provider,
        usage_owned.team_id,
        sum(usage_owned.effective_cost_usd) as cost_usd
    from usage_owned
    inner join as_of on usage_owned.usage_date <= as_of.as_of_date
    group by usage_owned.usage_date, usage_owned.provider, usage_owned.team_id

),

by_scope as (

    select usage_date, 'total' as scope, 'total' as scope_id, cost_usd from costs
    union all
    select usage_date, 'provider' as scope, provider as scope_id, cost_usd from costs
    union all
    select usage_date, 'team' as scope, team_id as scope_id, cost_usd from costs

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
