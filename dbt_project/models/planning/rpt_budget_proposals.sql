{# one row per scope with a forecast or a budget x month of the next quarter, and per quarter or year of which it has had a budget: the budget that follows from its forecast #}

with proposed as (

    select * from {{ ref('int_budgets_proposed') }}

),

closed_months as (

    select * from {{ ref('rpt_month_close') }}
    where is_latest and period = 'month'

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

budgets as (

    select * from {{ ref('int_budgets_projected') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

open_savings as (

    select * from {{ ref('int_open_savings') }}

),

{# Whose the cost of a team was in the last month that is over; where it had none, whose the team is. #}
team_costs as (

    select allocated_costs.team_id, allocated_costs.business_unit_id, allocated_costs.cost_centre, allocated_costs.allocated_cost_usd as weight
    from allocated_costs
    inner join closed_months
        on
            closed_months.scope = 'total'
            and allocated_costs.usage_date between closed_months.month_start_date and last_day(closed_months.month_start_date)
    union all
    select owner_id as team_id, business_unit_id, cost_centre, cast('0.000000000001' as decimal(28, 12)) as weight
    from owners
    where owner_type = 'team' and is_latest

),

budgeted as (

    select distinct scope from budgets

),

{# Business units and cost centres are made of teams: where one has a budget all have their part of what teams are proposed, so that they sum as well. #}
weights as (
    {% for scope, column in [('business_unit', 'business_unit_id'), ('cost_centre', 'cost_centre')] %}
    select '{{ scope }}' as scope, team_costs.{{ column }} as scope_id, team_costs.team_id, {{ money('greatest(sum(team_costs.weight), 0)') }} as weight
    from team_costs
    inner join budgeted on budgeted.scope = '{{ scope }}'
    group by team_costs.{{ column }}, team_costs.team_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

running_weights as (

    select
        *,
        sum(weight) over (partition by scope, team_id order by scope_id rows between unbounded preceding and current row) as running_weight,
        sum(weight) over (partition by scope, team_id) as team_weight
    from weights

),

{% set amounts = 'proposed.month_start_date, proposed.quarter_start_date, proposed.year_start_date, proposed.is_in_quarter, proposed.is_in_year, proposed.growth_share, proposed.contingency_share' %}
of_teams as (

    select
        weights.scope,
        weights.scope_id,
        'teams' as basis,
        {{ amounts }},
        sum({{ split_exactly('proposed.expected_usd', 'weights.running_weight', '(weights.running_weight - weights.weight)', 'weights.team_weight') }}) as expected_usd,
        sum({{ split_exactly('proposed.proposed_cents', 'weights.running_weight', '(weights.running_weight - weights.weight)', 'weights.team_weight', 'decimal(19, 0)') }}) as proposed_cents
    from proposed
    inner join running_weights as weights on proposed.scope = 'team' and proposed.scope_id = weights.team_id and weights.team_weight > 0
    group by weights.scope, weights.scope_id, {{ amounts }}

),

stacked as (

    select scope, scope_id, basis, {{ amounts | replace('proposed.', '') }}, expected_usd, proposed_cents from proposed
    union all
    select scope, scope_id, basis, {{ amounts | replace('proposed.', '') }}, expected_usd, proposed_cents from of_teams

),

monthly as (

    select
        *,
        {{ money("cast(proposed_cents as decimal(19, 0)) * cast('0.01' as decimal(2, 2))") }} as proposed_usd
    from stacked

),

of_quarter as (

    select
        scope,
        scope_id,
        {{ money('sum(proposed_usd)') }} as quarter_proposed_usd,
        {{ money('sum(expected_usd)') }} as quarter_expected_usd,
        {{ money_of_double(ratio('sum(proposed_usd)', 'count(*)')) }} as proposed_a_month_usd
    from monthly
    where is_in_quarter
    group by scope, scope_id

),

saved as (

    select scope, scope_id, {{ money('sum(open_savings_usd)') }} as open_savings_usd from open_savings
    group by scope, scope_id

),

{# The last budget of each length, and of all of them, a month's first. #}
last_budgets as (

    select
        scope, scope_id, period, budget_usd, gate, approver_role,
        row_number() over (partition by scope, scope_id order by case when period = 'month' then 1 else 2 end, period_start_date desc) as place
    from budgets
    qualify row_number() over (partition by scope, scope_id, period order by period_start_date desc) = 1

),

spans as (

    select min(quarter_start_date) as quarter_start_date
    from proposed

),

periods as (

    select scope, scope_id, basis, 'month' as period, month_start_date as period_start_date, growth_share, contingency_share, expected_usd, proposed_usd
    from monthly
    where is_in_quarter
    {%- for period in ['quarter', 'year'] %}
    union all
    select
        monthly.scope, monthly.scope_id, monthly.basis, '{{ period }}' as period, monthly.{{ period }}_start_date as period_start_date, monthly.growth_share,
        monthly.contingency_share, sum(monthly.expected_usd) as expected_usd, sum(monthly.proposed_usd) as proposed_usd
    from monthly
    inner join last_budgets on monthly.scope = last_budgets.scope and monthly.scope_id = last_budgets.scope_id and last_budgets.period = '{{ period }}'
    where monthly.is_in_{{ period }}
    group by monthly.scope, monthly.scope_id, monthly.basis, monthly.{{ period }}_start_date, monthly.growth_share, monthly.contingency_share
    {%- endfor %}

),

final as (

    select
        spans.quarter_start_date,
        periods.period,
        periods.period_start_date,
        cast(date_trunc('month', periods.period_start_date) as date) as month_start_date,
        periods.scope,
        periods.scope_id,
        coalesce(owners.owner_name, periods.scope_id) as scope_name,
        periods.basis,
        {{ money('periods.expected_usd') }} as expected_usd,
        periods.growth_share,
        periods.contingency_share,
        {{ money('periods.proposed_usd') }} as proposed_usd,
        of_quarter.quarter_proposed_usd,
        of_quarter.quarter_expected_usd,
        of_quarter.proposed_a_month_usd,
        saved.open_savings_usd,
        case when saved.open_savings_usd is not null then {{ money('greatest(of_quarter.proposed_a_month_usd - saved.open_savings_usd, 0)') }} end
            as proposed_after_savings_usd,
        closed_months.actual_usd as last_month_usd,
        case when periods.period = 'month' then closed_months.budget_usd else {{ money('of_period.budget_usd') }} end as last_budget_usd,
        coalesce(of_period.gate, of_scope.gate, 'approval required') as gate,
        coalesce(of_period.approver_role, of_scope.approver_role, 'Head of Finance') as approver_role
    from periods
    cross join spans
    inner join of_quarter on periods.scope = of_quarter.scope and periods.scope_id = of_quarter.scope_id
    left join owners on periods.scope = owners.owner_type and periods.scope_id = owners.owner_id and owners.is_latest
    left join closed_months on periods.scope = closed_months.scope and periods.scope_id = closed_months.scope_id
    left join saved on periods.scope = saved.scope and periods.scope_id = saved.scope_id
    left join last_budgets as of_period on periods.scope = of_period.scope and periods.scope_id = of_period.scope_id and periods.period = of_period.period
    left join last_budgets as of_scope on periods.scope = of_scope.scope and periods.scope_id = of_scope.scope_id and of_scope.place = 1

)

select * from final
