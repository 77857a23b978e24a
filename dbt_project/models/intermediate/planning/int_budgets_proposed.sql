{# one row per scope with a forecast or a budget x month of the next whole quarter and the next whole year: what it is expected to cost, and the budget that follows #}

with forecasts as (

    select * from {{ ref('int_cost_months_ahead') }}

),

month_costs as (

    select * from {{ ref('int_month_costs') }}
    where period = 'month'

),

budgets as (

    select * from {{ ref('int_budgets_projected') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

ages as (

    {{ whole_numbers(1, 24) }}

),

spans as (

    select
        as_of_date,
        last_day(cast(date_trunc('quarter', as_of_date) as date) + 62) + 1 as quarter_start_date,
        cast(date_trunc('year', cast(date_trunc('year', as_of_date) as date) + 366) as date) as year_start_date
    from as_of

),

later_months as (

    select
        spans.quarter_start_date,
        spans.year_start_date,
        {{ month_after('spans.as_of_date', 'ages.number') }} as month_start_date
    from spans
    cross join ages

),

months as (

    select
        *,
        cast(extract(day from last_day(month_start_date)) as integer) as days_in_month,
        month_start_date between quarter_start_date and last_day(quarter_start_date + 62) as is_in_quarter,
        month_start_date between year_start_date and last_day(year_start_date + 340) as is_in_year
    from later_months
    where
        month_start_date between quarter_start_date and last_day(quarter_start_date + 62)
        or month_start_date between year_start_date and last_day(year_start_date + 340)

),

{# Past the twelve months that are forecast a day costs what one of the last of them does. Forecasts of what has no budget, and is no part of the company's, are no proposals. #}
last_forecasts as (

    select
        scope, scope_id,
        {{ ratio('forecast_usd', 'extract(day from last_day(month_start_date))') }} as daily_cost
    from forecasts
    where
        scope in {{ company_scopes() }}
        or (
            scope not in ('business_unit', 'cost_centre')
            and exists (
                select 1 from budgets
                where forecasts.scope = budgets.scope and forecasts.scope_id = budgets.scope_id
            )
        )
    qualify row_number() over (partition by scope, scope_id order by month_start_date desc) = 1

),

{# What is shared is not forecast: it goes on at its rate of the last month that is over. #}
shared_rates as (

    select
        scope, scope_id,
        {{ ratio('shared_usd', 'covered_days') }} as daily_shared_cost
    from month_costs
    qualify month_start_date = max(month_start_date) over ()

),

{# What has no forecast goes on at what a day of it costs. #}
rates as (

    select
        budgets.scope, budgets.scope_id,
        max(budgets.forecast_basis) as basis,
        max(budgets.daily_cost) as daily_cost
    from budgets
    left join last_forecasts on budgets.scope = last_forecasts.scope and budgets.scope_id = last_forecasts.scope_id
    where
        last_forecasts.scope is null and budgets.daily_cost is not null
        and budgets.scope not in {{ company_scopes() }} and budgets.scope not in ('business_unit', 'cost_centre')
    group by budgets.scope, budgets.scope_id

),

expected as (

    select
        months.*,
        last_forecasts.scope,
        last_forecasts.scope_id,
        'forecast' as basis,
        {{ money_of_double('coalesce(cast(forecasts.forecast_usd as double), last_forecasts.daily_cost * months.days_in_month)
            + coalesce(shared_rates.daily_shared_cost, 0) * months.days_in_month') }} as expected_usd,
        forecasts.event_usd
    from months
    cross join last_forecasts
    left join forecasts
        on last_forecasts.scope = forecasts.scope and last_forecasts.scope_id = forecasts.scope_id and months.month_start_date = forecasts.month_start_date
    left join shared_rates on last_forecasts.scope = shared_rates.scope and last_forecasts.scope_id = shared_rates.scope_id
    union all
    select
        months.*,
        rates.scope,
        rates.scope_id,
        rates.basis,
        {{ money_of_double('rates.daily_cost * months.days_in_month') }} as expected_usd,
        {{ money('null') }} as event_usd
    from months
    cross join rates

),

assumed as (

    select
        *,
        {{ assumption('budget_growth_share') }} as growth_share,
        {{ assumption('budget_contingency_share') }} as contingency_share
    from expected

),

{# Whole cents: a budget has no others. #}
wholes as (

    select
        *,
        {{ decimal_of_double('cast(expected_usd as double) * (1 + growth_share) * (1 + contingency_share) * 100', 'decimal(28, 0)') }} as own_cents
    from assumed

),

{# Components, providers and teams are parts of all spend: each kind gets the company's budget of the month by its forecasts, to the last cent. #}
shared_out as (

    select
        wholes.*,
        wholes.scope in ('component', 'provider', 'team') as is_part,
        case when wholes.scope in ('component', 'provider', 'team') then total.own_cents else wholes.own_cents end as whole_cents,
        {{ ratio('wholes.expected_usd', 'sum(wholes.expected_usd) over kind') }} as part_share
    from wholes
    left join wholes as total on wholes.month_start_date = total.month_start_date and total.scope = 'total'
    window kind as (partition by wholes.month_start_date, wholes.scope)

),

floored as (

    select
        *,
        case when is_part then cast(whole_cents as double) * part_share else cast(own_cents as double) end as exact_cents
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

final as (

    select
        scope, scope_id, month_start_date, quarter_start_date, year_start_date, is_in_quarter, is_in_year, basis, expected_usd, event_usd, growth_share, contingency_share,
        cast(whole_part_cents + case when is_part and place <= left_cents then 1 else 0 end as decimal(19, 0)) as proposed_cents
    from ranked
    where exact_cents is not null

)

select * from final
