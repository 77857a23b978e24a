{# one row per scope with a forecast or a budget x month of the next quarter: the budget that follows from its forecast #}

with forecasts as (

    select * from {{ ref('fct_cost_forecasts_monthly') }}

),

closed_months as (

    select * from {{ ref('rpt_month_close') }}
    where is_latest and period = 'month'

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

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The next whole quarter. #}
quarters as (

    select last_day(cast(date_trunc('quarter', as_of_date) as date) + 62) + 1 as quarter_start_date
    from as_of

),

quarter_months as (

    select distinct
        forecasts.month_start_date,
        cast(extract(day from last_day(forecasts.month_start_date)) as integer) as days_in_month,
        quarters.quarter_start_date
    from forecasts
    inner join quarters
        on forecasts.month_start_date between quarters.quarter_start_date and last_day(quarters.quarter_start_date + 62)

),

{# What is shared is not forecast: it goes on at its rate of the last month that is over. #}
forecast_months as (

    select
        quarter_months.quarter_start_date,
        quarter_months.month_start_date,
        forecasts.scope,
        forecasts.scope_id,
        'forecast' as basis,
        {{ money_of_double("cast(forecasts.forecast_usd as double)
            + coalesce(" ~ ratio('closed_months.shared_usd', 'closed_months.covered_days') ~ " * quarter_months.days_in_month, 0)") }} as expected_usd
    from forecasts
    inner join quarter_months on forecasts.month_start_date = quarter_months.month_start_date and forecasts.scope in {{ company_scopes() }}
    left join closed_months
        on forecasts.scope = closed_months.scope and forecasts.scope_id = closed_months.scope_id

),

{# A product or a customer is no part of the company's budget: what a day of it is expected to cost goes on. #}
rates as (

    select
        scope,
        scope_id,
        max(forecast_basis) as basis,
        max(daily_cost) as daily_cost
    from budgets
    where scope not in {{ company_scopes() }} and daily_cost is not null
    group by scope, scope_id

),

expected as (

    select quarter_start_date, month_start_date, scope, scope_id, basis, expected_usd from forecast_months
    union all
    select
        quarter_months.quarter_start_date, quarter_months.month_start_date, rates.scope, rates.scope_id, rates.basis,
        {{ money_of_double('rates.daily_cost * quarter_months.days_in_month') }} as expected_usd
    from rates
    cross join quarter_months

),

{# Whole cents: a budget has no others. #}
wholes as (

    select
        *,
        {{ assumption('budget_growth_share') }} as growth_share,
        {{ assumption('budget_contingency_share') }} as contingency_share,
        {{ decimal_of_double(
            'cast(expected_usd as double) * (1 + ' ~ assumption('budget_growth_share') ~ ') * (1 + ' ~ assumption('budget_contingency_share') ~ ') * 100', 'decimal(28, 0)'
        ) }} as own_cents
    from expected

),

{# Components, providers and teams are parts of all spend: each kind gets the company's budget of the month by its forecasts, to the last cent. #}
shared_out as (

    select
        wholes.*,
        case when wholes.scope in ('component', 'provider', 'team') then total.own_cents else wholes.own_cents end as whole_cents,
        {{ ratio('wholes.expected_usd', 'sum(wholes.expected_usd) over kind') }} as part_share
    from wholes
    left join wholes as total on wholes.month_start_date = total.month_start_date and total.scope = 'total'
    window kind as (partition by wholes.month_start_date, wholes.scope)

),

floored as (

    select *, case when scope in ('component', 'provider', 'team') then cast(whole_cents as double) * part_share else cast(own_cents as double) end as exact_cents
    from shared_out

),

{# Cents that rounding down leaves go to the largest remainders. #}
ranked as (

    select
        *,
        cast(floor(exact_cents) as bigint) as whole_part_cents,
        whole_cents - sum(cast(floor(exact_cents) as bigint)) over kind as left_cents,
        row_number() over (partition by month_start_date, scope order by exact_cents - floor(exact_cents) desc nulls last, scope_id) as place
    from floored
    window kind as (partition by month_start_date, scope)

),

proposed as (

    select
        *,
        cast(whole_part_cents + case when scope in ('component', 'provider', 'team') and place <= left_cents then 1 else 0 end as decimal(19, 0))
        * cast('0.01' as decimal(2, 2)) as proposed_usd
    from ranked
    where exact_cents is not null

),

saved as (

    select scope, scope_id, {{ money('sum(open_savings_usd)') }} as open_savings_usd from open_savings
    group by scope, scope_id

),

last_budgets as (

    select scope, scope_id, gate, approver_role
    from budgets
    qualify row_number() over (partition by scope, scope_id order by case when period = 'month' then 1 else 2 end, period_start_date desc) = 1

),

final as (

    select
        proposed.quarter_start_date,
        proposed.month_start_date,
        proposed.scope,
        proposed.scope_id,
        coalesce(owners.owner_name, proposed.scope_id) as scope_name,
        proposed.basis,
        proposed.expected_usd,
        proposed.growth_share,
        proposed.contingency_share,
        {{ money('proposed.proposed_usd') }} as proposed_usd,
        {{ money('sum(proposed.proposed_usd) over of_scope') }} as quarter_proposed_usd,
        {{ money('sum(proposed.expected_usd) over of_scope') }} as quarter_expected_usd,
        {{ money_of_double(ratio('sum(proposed.proposed_usd) over of_scope', 'count(*) over of_scope')) }} as proposed_a_month_usd,
        saved.open_savings_usd,
        case when saved.open_savings_usd is not null then {{ money('greatest(' ~ money_of_double(ratio('sum(proposed.proposed_usd) over of_scope', 'count(*) over of_scope')) ~ ' - saved.open_savings_usd, 0)') }} end
            as proposed_after_savings_usd,
        closed_months.actual_usd as last_month_usd,
        closed_months.budget_usd as last_budget_usd,
        coalesce(last_budgets.gate, 'approval required') as gate,
        coalesce(last_budgets.approver_role, 'Head of Finance') as approver_role
    from proposed
    left join owners on proposed.scope = owners.owner_type and proposed.scope_id = owners.owner_id and owners.is_latest
    left join closed_months on proposed.scope = closed_months.scope and proposed.scope_id = closed_months.scope_id
    left join saved on proposed.scope = saved.scope and proposed.scope_id = saved.scope_id
    left join last_budgets on proposed.scope = last_budgets.scope and proposed.scope_id = last_budgets.scope_id
    window of_scope as (partition by proposed.scope, proposed.scope_id)

)

select * from final
