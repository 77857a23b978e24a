{# one row per scenario (`base` is the forecast) x month: the cost of AI in the next twelve months, and beside it that of all spend #}

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
        allocated_costs.cost_component,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as cost_usd
    from allocated_costs
    cross join as_of
    where allocated_costs.is_direct and allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    group by allocated_costs.customer_id, allocated_costs.cost_component

),

customer_shares as (

    select
        customer_id,
        cost_component,
        {{ ratio('cost_usd', 'sum(cost_usd) over (partition by cost_component)') }} as cost_share,
        row_number() over (
            partition by cost_component order by case when customer_id = 'unallocated' then 1 else 0 end, cost_usd desc nulls last, customer_id asc
        ) as place
    from customers

),

stated as (

    select
        scenarios.scenario,
        scenarios.growth_per_28_days,
        scenarios.growth_months,
        scenarios.cost_ratio,
        coalesce(scenarios.cost_ratio_of, 'ai') as cost_ratio_of,
        case when scenarios.leaving_customer_id = 'largest' then largest.customer_id else scenarios.leaving_customer_id end as leaving_customer_id,
        scenarios.description
    from scenarios
    left join customer_shares as largest on largest.cost_component = 'ai' and largest.place = 1
    union all
    select
        'base' as scenario,
        cast(1 as double) as growth_per_28_days,
        0 as growth_months,
        cast(1 as double) as cost_ratio,
        'ai' as cost_ratio_of,
        cast(null as string) as leaving_customer_id,
        'The forecast itself' as description

),

{# Use grows where there are calls, a price rises where the scenario says so, and who leaves takes along what each component costs for them. The middle of a
   month has grown for half of it. #}
applied as (

    select
        stated.scenario,
        stated.description,
        months.month_start_date,
        months.scope_id,
        months.actual_usd,
        months.forecast_usd,
        months.lower_usd,
        months.upper_usd,
        case when stated.cost_ratio_of in ('total', months.scope_id) then stated.cost_ratio else 1 end as price_factor,
        1 - coalesce(customer_shares.cost_share, 0) as kept_share,
        case when months.scope_id = 'ai' then stated.growth_per_28_days else 1 end as growth_per_28_days,
        least(
            greatest({{ days_between('as_of.as_of_date', 'last_day(months.month_start_date)') }} - months.days_ahead / cast(2 as double), 0),
            stated.growth_months * cast(30.4375 as double)
        ) as days_grown
    from stated
    cross join months
    cross join as_of
    left join customer_shares on stated.leaving_customer_id = customer_shares.customer_id and months.scope_id = customer_shares.cost_component
    where months.scope = 'component'

),

factored as (

    select
        *,
        price_factor * kept_share * power(growth_per_28_days, days_grown / 28) as factor
    from applied

),

changed as (

    select
        *,
        {{ money_times('forecast_usd - actual_usd', 'factor - 1') }} as change_usd,
        {{ money_times('lower_usd - actual_usd', 'factor - 1') }} as lower_change_usd,
        {{ money_times('upper_usd - actual_usd', 'factor - 1') }} as upper_change_usd
    from factored

),

{# What a component of which no range is known changes moves both ends of the range of all spend. #}
all_changes as (

    select
        scenario,
        month_start_date,
        {{ money('sum(change_usd)') }} as change_usd,
        {{ money('sum(coalesce(lower_change_usd, change_usd))') }} as lower_change_usd,
        {{ money('sum(coalesce(upper_change_usd, change_usd))') }} as upper_change_usd
    from changed
    group by scenario, month_start_date

),

costed as (

    select
        changed.scenario,
        changed.description,
        changed.month_start_date,
        {{ money('changed.actual_usd + ' ~ money_times('changed.forecast_usd - changed.actual_usd', 'changed.factor')) }} as forecast_usd,
        {{ money('changed.actual_usd + ' ~ money_times('changed.lower_usd - changed.actual_usd', 'changed.factor')) }} as lower_usd,
        {{ money('changed.actual_usd + ' ~ money_times('changed.upper_usd - changed.actual_usd', 'changed.factor')) }} as upper_usd,
        changed.change_usd,
        total.forecast_usd + all_changes.change_usd as all_spend_forecast_usd,
        total.lower_usd + all_changes.lower_change_usd as all_spend_lower_usd,
        total.upper_usd + all_changes.upper_change_usd as all_spend_upper_usd,
        all_changes.change_usd as all_spend_change_usd
    from changed
    inner join all_changes on changed.scenario = all_changes.scenario and changed.month_start_date = all_changes.month_start_date
    left join months as total on changed.month_start_date = total.month_start_date and total.scope = 'total'
    where changed.scope_id = 'ai'

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
        {{ money('sum(change_usd) over (partition by scenario)') }} as all_months_change_usd,
        {{ money('all_spend_forecast_usd') }} as all_spend_forecast_usd,
        {{ money('all_spend_lower_usd') }} as all_spend_lower_usd,
        {{ money('all_spend_upper_usd') }} as all_spend_upper_usd,
        {{ money('all_spend_change_usd') }} as all_spend_change_usd,
        {{ money('sum(all_spend_forecast_usd) over (partition by scenario)') }} as all_months_all_spend_forecast_usd,
        {{ money('sum(all_spend_lower_usd) over (partition by scenario)') }} as all_months_all_spend_lower_usd,
        {{ money('sum(all_spend_upper_usd) over (partition by scenario)') }} as all_months_all_spend_upper_usd,
        {{ money('sum(all_spend_change_usd) over (partition by scenario)') }} as all_months_all_spend_change_usd
    from costed

)

select * from final
