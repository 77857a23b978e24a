{# one row per scenario (`base` is the forecast) x month: the cost of AI in the next twelve months #}

with months as (

    select * from {{ ref('fct_cost_forecasts_monthly') }}

),

scenarios as (

    select * from {{ ref('forecast_scenarios') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customers as (

    select
        allocated_costs.customer_id,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as cost_usd
    from allocated_costs
    cross join as_of
    where allocated_costs.is_direct and allocated_costs.cost_component = 'ai' and allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    group by allocated_costs.customer_id

),

customer_shares as (

    select
        customer_id,
        {{ ratio('cost_usd', 'sum(cost_usd) over ()') }} as cost_share,
        row_number() over (order by case when customer_id = 'unallocated' then 1 else 0 end, cost_usd desc nulls last, customer_id asc) as place
    from customers

),

stated as (

    select
        scenario,
        growth_per_28_days,
        growth_months,
        cost_ratio,
        leaving_customer_id,
        description
    from scenarios
    union all
    select
        'base' as scenario,
        cast(1 as double) as growth_per_28_days,
        0 as growth_months,
        cast(1 as double) as cost_ratio,
        cast(null as string) as leaving_customer_id,
        'The forecast itself' as description

),

{# The middle of a month has grown for half of it. #}
factored as (

    select
        stated.scenario,
        stated.description,
        months.month_start_date,
        months.actual_usd,
        months.forecast_usd,
        months.lower_usd,
        months.upper_usd,
        stated.cost_ratio
        * (1 - coalesce(customer_shares.cost_share, 0))
        * power(
            stated.growth_per_28_days,
            least(
                greatest({{ days_between('as_of.as_of_date', 'last_day(months.month_start_date)') }} - months.days_ahead / cast(2 as double), 0),
                stated.growth_months * cast(30.4375 as double)
            ) / 28
        ) as factor
    from stated
    cross join months
    cross join as_of
    left join customer_shares
        on
            stated.leaving_customer_id = customer_shares.customer_id
            or (stated.leaving_customer_id = 'largest' and customer_shares.place = 1)
    where months.scope = 'component' and months.scope_id = 'ai'

),

costed as (

    select
        scenario,
        description,
        month_start_date,
        {{ money('actual_usd + ' ~ money_times('forecast_usd - actual_usd', 'factor')) }} as forecast_usd,
        {{ money('actual_usd + ' ~ money_times('lower_usd - actual_usd', 'factor')) }} as lower_usd,
        {{ money('actual_usd + ' ~ money_times('upper_usd - actual_usd', 'factor')) }} as upper_usd,
        {{ money_times('forecast_usd - actual_usd', 'factor - 1') }} as change_usd
    from factored

),

final as (

    select
        scenario,
        description,
        month_start_date,
        cast(row_number() over (partition by scenario order by month_start_date) as integer) as month_number,
        forecast_usd,
        lower_usd,
        upper_usd,
        change_usd,
        {{ money('sum(forecast_usd) over (partition by scenario)') }} as all_months_forecast_usd,
        {{ money('sum(lower_usd) over (partition by scenario)') }} as all_months_lower_usd,
        {{ money('sum(upper_usd) over (partition by scenario)') }} as all_months_upper_usd,
        {{ money('sum(change_usd) over (partition by scenario)') }} as all_months_change_usd
    from costed

)

select * from final
