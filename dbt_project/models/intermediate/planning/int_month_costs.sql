{# one row per month that is over x scope (total, component, team; what else has a budget), and per quarter or year with a budget that ended with that
   month: what it cost, what the month before cost, and what the days of the month, price, volume, mix, efficiency, what is new and what is lost changed in its use #}

{% set parts = ['days', 'price', 'volume', 'mix', 'efficiency', 'new', 'lost'] %}

with costs as (

    select * from {{ ref('int_budget_costs_daily') }}

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

summed as (

    select
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        scope,
        scope_id,
        {{ money('sum(cost_usd)') }} as actual_usd,
        {{ money('sum(shared_cost_usd)') }} as shared_usd
    from costs
    group by cast(date_trunc('month', usage_date) as date), scope, scope_id

),

{# Who has a budget and spent nothing of it has a month, too. #}
scopes as (

    select scope, scope_id from summed
    where scope in ('total', 'component', 'team')
    union distinct
    select scope, scope_id from budgets

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
        {%- for part in parts %}
        {{ money('sum(' ~ part ~ '_usd)') }} as {{ part }}_usd,
        {%- endfor %}
        scope_id
    from changes
    group by month_start_date, scope, scope_id

),

{# Months whose use was taken apart: who has none in them changed none. #}
compared_months as (

    select distinct month_start_date from changes

),

set_beside as (

    select
        'month' as period,
        monthly.month_start_date as period_start_date,
        monthly.month_start_date,
        monthly.scope,
        monthly.scope_id,
        monthly.days_in_month,
        monthly.covered_days,
        monthly.actual_usd,
        monthly.shared_usd,
        before.days_in_month as prior_days,
        before.actual_usd as prior_actual_usd,
        {%- for part in parts %}
        case when compared_months.month_start_date is not null then coalesce(changed.{{ part }}_usd, {{ money(0) }}) end as {{ part }}_usd,
        {%- endfor %}
        before.shared_usd as prior_shared_usd
    from monthly
    left join monthly as before
        on
            monthly.scope = before.scope
            and monthly.scope_id = before.scope_id
            and monthly.month_start_date = last_day(before.month_start_date) + 1
            and before.covered_days = before.days_in_month
    left join compared_months on monthly.month_start_date = compared_months.month_start_date
    left join changed
        on monthly.month_start_date = changed.month_start_date and monthly.scope = changed.scope and monthly.scope_id = changed.scope_id

),

{# What a month of a longer period changed on the one before, it changed in the months after it, too: it counts once for each of them. What the month
   before cost, each of them would have. #}
of_longer_periods as (

    select
        set_beside.*,
        budgets.period as longer_period,
        budgets.period_start_date as longer_start_date,
        budgets.period_end_date,
        cast(case budgets.period when 'quarter' then 3 else 12 end as decimal(2, 0)) as months_in_period,
        cast(row_number() over (
            partition by budgets.scope, budgets.scope_id, budgets.period, budgets.period_start_date
            order by set_beside.month_start_date desc
        ) as decimal(2, 0)) as months_left
    from set_beside
    inner join budgets
        on
            set_beside.scope = budgets.scope
            and set_beside.scope_id = budgets.scope_id
            and set_beside.month_start_date between budgets.period_start_date and budgets.period_end_date
    cross join as_of
    where budgets.period <> 'month' and budgets.period_end_date <= as_of.as_of_date

),

longer_periods as (

    select
        longer_period as period,
        longer_start_date as period_start_date,
        max(month_start_date) as month_start_date,
        scope,
        scope_id,
        {{ days_between('longer_start_date', 'max(period_end_date)') }} + 1 as days_in_month,
        cast(sum(covered_days) as integer) as covered_days,
        {{ money('sum(actual_usd)') }} as actual_usd,
        {%- for part in parts %}
        case when count({{ part }}_usd) = max(months_in_period) then {{ money('sum(' ~ part ~ '_usd * months_left)') }} end as {{ part }}_usd,
        {%- endfor %}
        {{ money('sum(shared_usd)') }} as shared_usd,
        cast(max(case when months_left = months_in_period then prior_days * months_in_period end) as integer) as prior_days,
        {{ money('max(case when months_left = months_in_period then prior_actual_usd * months_in_period end)') }} as prior_actual_usd,
        {{ money('max(case when months_left = months_in_period then prior_shared_usd * months_in_period end)') }} as prior_shared_usd
    from of_longer_periods
    group by longer_period, longer_start_date, scope, scope_id

),

{% set columns = ['period', 'period_start_date', 'month_start_date', 'scope', 'scope_id', 'days_in_month', 'covered_days', 'actual_usd', 'shared_usd', 'prior_days',
    'prior_actual_usd', 'prior_shared_usd', 'days_usd', 'price_usd', 'volume_usd', 'mix_usd', 'efficiency_usd', 'new_usd', 'lost_usd'] %}
final as (

    select {{ columns | join(', ') }} from set_beside
    union all
    select {{ columns | join(', ') }} from longer_periods

)

select * from final
