{# one row per scope that is made of teams (business units and cost centres, where one of them has a budget; what costs what one team does) x team: its weight
   in the team's budget, and running weights, so that parts sum to it #}

with month_costs as (

    select * from {{ ref('int_month_costs') }}
    where period = 'month'

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

budgets as (

    select * from {{ ref('int_budgets') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

last_month as (

    select * from month_costs
    qualify month_start_date = max(month_start_date) over ()

),

{# Whose the cost of a team was in the last month that is over; where it had none, whose the team is. #}
team_costs as (

    select allocated_costs.team_id, allocated_costs.business_unit_id, allocated_costs.cost_centre, allocated_costs.allocated_cost_usd as weight
    from allocated_costs
    inner join last_month
        on last_month.scope = 'total' and allocated_costs.usage_date between last_month.month_start_date and last_day(last_month.month_start_date)
    union all
    select owner_id as team_id, business_unit_id, cost_centre, cast('0.000000000001' as decimal(28, 12)) as weight
    from owners
    where owner_type = 'team' and is_latest

),

budgeted as (

    select distinct scope from budgets

),

{# What came to the cost of a team to the last digit, in two months, is the same calls. #}
weights as (
    {% for scope, column in [('business_unit', 'business_unit_id'), ('cost_centre', 'cost_centre')] %}
    select '{{ scope }}' as scope, team_costs.{{ column }} as scope_id, team_costs.team_id, {{ money('greatest(sum(team_costs.weight), 0)') }} as weight
    from team_costs
    inner join budgeted on budgeted.scope = '{{ scope }}'
    group by team_costs.{{ column }}, team_costs.team_id
    union all
    {%- endfor %}
    select last_month.scope, last_month.scope_id, min(teams.scope_id) as team_id, {{ money(1) }} as weight
    from last_month
    inner join last_month as teams
        on
            teams.scope = 'team'
            and last_month.actual_usd = teams.actual_usd
            and last_month.prior_actual_usd = teams.prior_actual_usd
    where last_month.scope not in {{ company_scopes() }} and last_month.scope not in ('business_unit', 'cost_centre') and last_month.actual_usd > 0
    group by last_month.scope, last_month.scope_id

),

final as (

    select
        *,
        sum(weight) over (partition by scope, team_id order by scope_id rows between unbounded preceding and current row) as running_weight,
        sum(weight) over (partition by scope, team_id) as team_weight
    from weights

)

select * from final
