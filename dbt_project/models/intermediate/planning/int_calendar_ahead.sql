{# one row per scope with bills of a fixed amount a month x day of the 400 after the as-of date: what they cost on that day beyond an even one #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

ages as (

    {{ whole_numbers(1, 400) }}

),

levels as (

    select
        costs.scope,
        costs.scope_id,
        {{ stable_avg('cast(case when costs.usage_date > as_of.as_of_date - 28 then costs.spread_even_cost_usd end as double)') }} as spread_even_cost_usd
    from costs
    inner join as_of on costs.usage_date > as_of.as_of_date - 56
    group by costs.scope, costs.scope_id
    having max(abs(costs.spread_even_cost_usd)) > 0 or max(abs(costs.one_day_cost_usd)) > 0

),

one_day_bills as (

    select
        costs.scope,
        costs.scope_id,
        extract(day from costs.usage_date) as day_of_month,
        cast(max_by(costs.one_day_cost_usd, costs.usage_date) as double) as one_day_cost_usd
    from costs
    inner join as_of on costs.usage_date > as_of.as_of_date - 56
    where costs.one_day_cost_usd <> 0
    group by costs.scope, costs.scope_id, extract(day from costs.usage_date)

),

days as (

    select as_of.as_of_date + ages.number as forecast_date
    from as_of
    cross join ages

),

final as (

    select
        levels.scope,
        levels.scope_id,
        days.forecast_date,
        {{ calendar_effect('levels.spread_even_cost_usd', 'one_day_bills.one_day_cost_usd', 'extract(day from last_day(days.forecast_date))') }} as calendar_usd
    from levels
    cross join days
    left join one_day_bills
        on
            levels.scope = one_day_bills.scope
            and levels.scope_id = one_day_bills.scope_id
            and extract(day from days.forecast_date) = one_day_bills.day_of_month

)

select * from final
