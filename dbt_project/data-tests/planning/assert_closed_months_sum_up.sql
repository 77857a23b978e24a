-- The parts of a closed month sum to its differences to the last decimal, teams and components to the total, and a budget's difference is taken apart in one way.
with closed as (

    select
        *,
        days_usd + price_usd + volume_usd + mix_usd + efficiency_usd + new_usd + lost_usd + other_costs_usd as changes_usd
    from {{ ref('rpt_month_close') }}

),

parts as (

    select
        month_start_date,
        period,
        scope,
        scope_id
    from closed
    where
        budget_variance_usd <> budget_starting_point_usd + changes_usd
        or forecast_variance_usd <> forecast_starting_point_usd + changes_usd
        or prior_variance_usd <> changes_usd

),

statements as (

    select * from {{ ref('rpt_variance_statements_monthly') }}
    where basis = 'budget'

),

scopes as (

    select
        month_start_date,
        scope,
        'all' as scope_id,
        sum(actual_usd) as actual_usd
    from closed
    where period = 'month' and scope in ('component', 'team')
    group by month_start_date, scope

)

select * from parts
union all
select
    scopes.month_start_date,
    'month' as period,
    scopes.scope,
    scopes.scope_id
from scopes
inner join closed as total on scopes.month_start_date = total.month_start_date and total.period = 'month' and total.scope = 'total'
where scopes.actual_usd <> total.actual_usd
union all
select
    closed.month_start_date,
    closed.period,
    closed.scope,
    closed.scope_id
from closed
inner join statements
    on closed.month_start_date = statements.month_start_date and closed.scope = statements.scope and closed.scope_id = statements.scope_id
where
    closed.period = 'month'
    and (
        closed.budget_variance_usd <> statements.total_variance_usd
        or closed.budget_starting_point_usd <> statements.starting_point_usd
        or closed.other_costs_usd <> statements.other_costs_usd
        or closed.volume_usd <> coalesce(statements.volume_usd, 0)
    )
