{# one row per budget in force (scope x period) with open savings: what they take off a month once they are made, and what of that falls in the period #}

with budgets as (

    select * from {{ ref('int_budgets') }}

),

open_savings as (

    select * from {{ ref('int_open_savings') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The work begins on the day after the data: no saving is made before it has begun to count. #}
timed as (

    select
        budgets.scope,
        budgets.scope_id,
        budgets.period,
        budgets.period_start_date,
        as_of.as_of_date + 1 as begin_date,
        open_savings.made_on,
        open_savings.months_to_start,
        open_savings.open_savings_usd,
        open_savings.open_savings_low_usd,
        {{ months_saved_in('budgets.period_start_date', 'budgets.period_end_date', 'as_of.as_of_date', 'open_savings.months_to_start') }} as months_saved
    from budgets
    inner join open_savings on budgets.scope = open_savings.scope and budgets.scope_id = open_savings.scope_id
    cross join as_of

),

summed as (

    select
        scope,
        scope_id,
        period,
        period_start_date,
        max(begin_date) as begin_date,
        max(months_to_start) as months_to_start,
        {{ money('sum(open_savings_usd)') }} as open_savings_usd,
        {{ money('sum(open_savings_low_usd)') }} as open_savings_low_usd,
        {{ money("sum(case when made_on = 'calls' then open_savings_usd else 0 end)") }} as open_savings_on_calls_usd,
        {{ money("sum(case when made_on = 'lifts' then open_savings_usd else 0 end)") }} as lift_savings_usd,
        {{ money('sum(' ~ money('open_savings_usd * months_saved') ~ ')') }} as period_savings_usd,
        {{ money('sum(' ~ money('open_savings_low_usd * months_saved') ~ ')') }} as period_savings_low_usd
    from timed
    group by scope, scope_id, period, period_start_date

),

final as (

    select
        scope,
        scope_id,
        period,
        period_start_date,
        open_savings_usd,
        open_savings_low_usd,
        open_savings_on_calls_usd,
        lift_savings_usd,
        period_savings_usd,
        period_savings_low_usd,
        {{ month_after('begin_date', 'cast(ceil(' ~ place_in_months('begin_date') ~ ' - extract(year from begin_date) * 12 - extract(month from begin_date) + months_to_start) as integer)') }}
            as all_saved_from_date
    from summed

)

select * from final
