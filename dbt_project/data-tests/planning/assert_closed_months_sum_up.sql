-- The parts of a closed month sum to its differences to the last decimal, and teams and components to the total.
with closed as (

    select
        *,
        price_usd + volume_usd + mix_usd + efficiency_usd + new_usd + lost_usd + other_costs_usd as changes_usd
    from {{ ref('rpt_month_close') }}

),

parts as (

    select
        month_start_date,
        scope,
        scope_id
    from closed
    where budget_variance_usd <> budget_starting_point_usd + changes_usd or forecast_variance_usd <> forecast_starting_point_usd + changes_usd

),

scopes as (

    select
        month_start_date,
        scope,
        'all' as scope_id,
        sum(actual_usd) as actual_usd
    from closed
    group by month_start_date, scope

)

select * from parts
union all
select
    scopes.month_start_date,
    scopes.scope,
    scopes.scope_id
from scopes
inner join closed as total on scopes.month_start_date = total.month_start_date and total.scope = 'total'
where scopes.actual_usd <> total.actual_usd
