{# one row per scope with a forecast or a budget x month of the next quarter, and per quarter or year of which it has had a budget: the budget that follows from its forecast #}

with proposed as (

    select * from {{ ref('int_budgets_proposed') }}

),

shares_of_teams as (

    select * from {{ ref('int_budget_shares_of_teams') }}

),

closed_months as (

    select * from {{ ref('rpt_month_close') }}
    where is_latest and period = 'month'

),

costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

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

forecast_errors as (

    select * from {{ ref('rpt_forecast_accuracy') }}
    where is_used and horizon = '30-day total'

),

{# Parts of what teams are proposed, so that they sum as well. #}
{% set amounts = 'month_start_date, quarter_start_date, year_start_date, is_in_quarter, is_in_year, growth_share, contingency_share' %}
of_teams as (

    select
        shares.scope,
        shares.scope_id,
        {%- for column, type in [('expected_usd', 'decimal(28, 12)'), ('event_usd', 'decimal(28, 12)'), ('proposed_cents', 'decimal(19, 0)')] %}
        sum({{ split_exactly('proposed.' ~ column, 'shares.running_weight', '(shares.running_weight - shares.weight)', 'shares.team_weight', type) }}) as {{ column }},
        {%- endfor %}
        'teams' as basis,
        proposed.{{ amounts | replace(', ', ', proposed.') }}
    from proposed
    inner join shares_of_teams as shares on proposed.scope = 'team' and proposed.scope_id = shares.team_id and shares.team_weight > 0
    group by shares.scope, shares.scope_id, proposed.{{ amounts | replace(', ', ', proposed.') }}

),

stacked as (

    select proposed.scope, proposed.scope_id, proposed.basis, proposed.{{ amounts | replace(', ', ', proposed.') }}, proposed.expected_usd, proposed.event_usd, proposed.proposed_cents
    from proposed
    left join of_teams
        on proposed.scope = of_teams.scope and proposed.scope_id = of_teams.scope_id and proposed.month_start_date = of_teams.month_start_date
    where of_teams.scope is null
    union all
    select scope, scope_id, basis, {{ amounts }}, expected_usd, event_usd, proposed_cents from of_teams

),

monthly as (

    select
        *,
        {{ money("cast(proposed_cents as decimal(19, 0)) * cast('0.01' as decimal(2, 2))") }} as proposed_usd
    from stacked

),

{# What the quarter would be with the error of the scope's own past sums in place of the contingency. #}
of_quarter as (

    select
        monthly.scope,
        monthly.scope_id,
        max(forecast_errors.wape) as forecast_error_share,
        {{ money('sum(monthly.proposed_usd)') }} as quarter_proposed_usd,
        {{ money('sum(monthly.expected_usd)') }} as quarter_expected_usd,
        {{ cents_a_month('monthly.proposed_cents') }} as proposed_a_month_usd,
        {{ money_times('sum(monthly.event_usd)', '(1 + max(monthly.growth_share)) * (1 + max(monthly.contingency_share))') }} as quarter_event_budget_usd,
        {{ money_of_double('cast(sum(monthly.expected_usd) as double) / count(*) * (1 + max(monthly.growth_share)) * (1 + max(forecast_errors.wape))') }} as proposed_by_error_usd
    from monthly
    left join forecast_errors on monthly.scope = forecast_errors.scope and monthly.scope_id = forecast_errors.scope_id
    where monthly.is_in_quarter
    group by monthly.scope, monthly.scope_id

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

{# What has no budget is closed nowhere, and its cost is known all the same. #}
last_months as (

    select
        costs.scope,
        costs.scope_id,
        case when count(costs.cost_usd) = count(*) then {{ money('sum(costs.cost_usd)') }} end as cost_usd
    from costs
    inner join closed_months
        on closed_months.scope = 'total' and costs.usage_date between closed_months.month_start_date and last_day(closed_months.month_start_date)
    group by costs.scope, costs.scope_id

),

spans as (

    select min(quarter_start_date) as quarter_start_date
    from proposed

),

periods as (

    select
        scope, scope_id, basis, 'month' as period, month_start_date as period_start_date, growth_share, contingency_share, expected_usd, event_usd, proposed_usd
    from monthly
    where is_in_quarter
    {%- for period in ['quarter', 'year'] %}
    union all
    select
        monthly.scope, monthly.scope_id, monthly.basis, '{{ period }}' as period, monthly.{{ period }}_start_date as period_start_date, monthly.growth_share,
        monthly.contingency_share, sum(monthly.expected_usd) as expected_usd, sum(monthly.event_usd) as event_usd, sum(monthly.proposed_usd) as proposed_usd
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
        {{ money('periods.event_usd') }} as event_usd,
        periods.growth_share,
        periods.contingency_share,
        {{ money('periods.proposed_usd') }} as proposed_usd,
        of_quarter.quarter_proposed_usd,
        of_quarter.quarter_expected_usd,
        of_quarter.quarter_event_budget_usd,
        of_quarter.proposed_a_month_usd,
        of_quarter.forecast_error_share,
        of_quarter.proposed_by_error_usd,
        saved.open_savings_usd,
        {{ budget_after_savings('of_quarter.proposed_a_month_usd', 'saved.open_savings_usd', 'periods.growth_share', 'periods.contingency_share') }} as proposed_after_savings_usd,
        coalesce(closed_months.actual_usd, last_months.cost_usd) as last_month_usd,
        case when periods.period = 'month' then closed_months.budget_usd else {{ money('of_period.budget_usd') }} end as last_budget_usd,
        periods.period = 'month' and coalesce(of_quarter.proposed_a_month_usd < closed_months.budget_usd, false) as is_below_last_budget,
        coalesce(of_period.gate, of_scope.gate, 'approval required') as gate,
        coalesce(of_period.approver_role, of_scope.approver_role, 'Head of Finance') as approver_role
    from periods
    cross join spans
    inner join of_quarter on periods.scope = of_quarter.scope and periods.scope_id = of_quarter.scope_id
    left join owners on periods.scope = owners.owner_type and periods.scope_id = owners.owner_id and owners.is_latest
    left join closed_months on periods.scope = closed_months.scope and periods.scope_id = closed_months.scope_id
    left join last_months on periods.scope = last_months.scope and periods.scope_id = last_months.scope_id
    left join saved on periods.scope = saved.scope and periods.scope_id = saved.scope_id
    left join last_budgets as of_period on periods.scope = of_period.scope and periods.scope_id = of_period.scope_id and periods.period = of_period.period
    left join last_budgets as of_scope on periods.scope = of_scope.scope and periods.scope_id = of_scope.scope_id and of_scope.place = 1

)

select * from final
