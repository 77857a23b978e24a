{# one row per month that is over x scope (total, component, team): what it cost, what the month before cost, and what price, volume, mix, efficiency, new and lost customers changed in its calls #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

changes as (

    select * from {{ ref('int_cost_changes_decomposed') }}

),

budgets as (

    select * from {{ ref('int_budgets') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

months as (

    {{ covered_months() }}

),

closed_months as (

    select
        months.month_start_date,
        months.days_in_month,
        months.covered_days
    from months
    cross join as_of
    where last_day(months.month_start_date) <= as_of.as_of_date

),

costs as (

    select
        cast(date_trunc('month', allocated_costs.usage_date) as date) as month_start_date,
        allocated_costs.team_id,
        allocated_costs.cost_component,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as actual_usd,
        {{ money('sum(case when not allocated_costs.is_direct then allocated_costs.allocated_cost_usd end)') }} as shared_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    group by cast(date_trunc('month', allocated_costs.usage_date) as date), allocated_costs.team_id, allocated_costs.cost_component

),

by_scope as (

    select month_start_date, 'total' as scope, 'total' as scope_id, actual_usd, shared_usd from costs
    union all
    select month_start_date, 'component' as scope, cost_component as scope_id, actual_usd, shared_usd from costs
    union all
    select month_start_date, 'team' as scope, team_id as scope_id, actual_usd, shared_usd from costs

),

summed as (

    select
        month_start_date,
        scope,
        scope_id,
        {{ money('coalesce(sum(actual_usd), 0)') }} as actual_usd,
        {{ money('coalesce(sum(shared_usd), 0)') }} as shared_usd
    from by_scope
    group by month_start_date, scope, scope_id

),

{# Who has a budget and spent nothing of it has a month, too. #}
scopes as (

    select scope, scope_id from summed
    union distinct
    select scope, scope_id from budgets
    where period = 'month' and scope in ('total', 'component', 'team')

),

monthly as (

    select
        closed_months.month_start_date,
        closed_months.days_in_month,
        closed_months.covered_days,
        scopes.scope,
        scopes.scope_id,
        coalesce(summed.actual_usd, {{ money(0) }}) as actual_usd,
        coalesce(summed.shared_usd, {{ money(0) }}) as shared_usd
    from closed_months
    cross join scopes
    left join summed
        on closed_months.month_start_date = summed.month_start_date and scopes.scope = summed.scope and scopes.scope_id = summed.scope_id

),

changed as (

    select
        month_start_date,
        scope,
        scope_id,
        {{ money('sum(price_usd)') }} as price_usd,
        {{ money('sum(volume_usd)') }} as volume_usd,
        {{ money('sum(mix_usd)') }} as mix_usd,
        {{ money('sum(efficiency_usd)') }} as efficiency_usd,
        {{ money('sum(new_usd)') }} as new_usd,
        {{ money('sum(lost_usd)') }} as lost_usd
    from changes
    where scope in ('total', 'team')
    group by month_start_date, scope, scope_id

),

{# The calls of all teams are the component AI. #}
changed_by_scope as (

    select month_start_date, scope, scope_id, price_usd, volume_usd, mix_usd, efficiency_usd, new_usd, lost_usd from changed
    union all
    select
        month_start_date,
        'component' as scope,
        'ai' as scope_id,
        price_usd,
        volume_usd,
        mix_usd,
        efficiency_usd,
        new_usd,
        lost_usd
    from changed
    where scope = 'total'

),

{# Months whose calls were taken apart: who has no calls in them changed none. #}
compared_months as (

    select distinct month_start_date from changes

),

final as (

    select
        monthly.month_start_date,
        monthly.scope,
        monthly.scope_id,
        monthly.days_in_month,
        monthly.covered_days,
        monthly.actual_usd,
        monthly.shared_usd,
        before.days_in_month as prior_days,
        before.actual_usd as prior_actual_usd,
        before.shared_usd as prior_shared_usd,
        case when compared_months.month_start_date is not null then coalesce(changed_by_scope.price_usd, {{ money(0) }}) end as price_usd,
        case when compared_months.month_start_date is not null then coalesce(changed_by_scope.volume_usd, {{ money(0) }}) end as volume_usd,
        case when compared_months.month_start_date is not null then coalesce(changed_by_scope.mix_usd, {{ money(0) }}) end as mix_usd,
        case when compared_months.month_start_date is not null then coalesce(changed_by_scope.efficiency_usd, {{ money(0) }}) end as efficiency_usd,
        case when compared_months.month_start_date is not null then coalesce(changed_by_scope.new_usd, {{ money(0) }}) end as new_usd,
        case when compared_months.month_start_date is not null then coalesce(changed_by_scope.lost_usd, {{ money(0) }}) end as lost_usd
    from monthly
    left join monthly as before
        on
            monthly.scope = before.scope
            and monthly.scope_id = before.scope_id
            and monthly.month_start_date = last_day(before.month_start_date) + 1
            and before.covered_days = before.days_in_month
    left join compared_months on monthly.month_start_date = compared_months.month_start_date
    left join changed_by_scope
        on
            monthly.month_start_date = changed_by_scope.month_start_date
            and monthly.scope = changed_by_scope.scope
            and monthly.scope_id = changed_by_scope.scope_id

)

select * from final
