{# one row per calendar month x team with cost, or with a day that is forecast: what was spent, and what the whole month comes to #}

with team_costs as (

    select * from {{ ref('int_team_costs_monthly') }}

),

forecasts as (

    select * from {{ ref('fct_cost_forecasts_daily') }}

),

actuals as (

    select
        month_start_date,
        team_id,
        max(covered_days) as covered_days,
        {{ money('sum(shared_cost_usd)') }} as shared_cost_usd,
        {{ money('sum(allocated_cost_usd)') }} as actual_cost_usd
    from team_costs
    group by month_start_date, team_id

),

forecast_months as (

    select
        cast(date_trunc('month', forecast_date) as date) as month_start_date,
        scope_id as team_id,
        count(forecast_usd) as forecast_days,
        {{ money('sum(forecast_usd)') }} as forecast_usd
    from forecasts
    where scope = 'team'
    group by cast(date_trunc('month', forecast_date) as date), scope_id

),

joined as (

    select
        coalesce(actuals.month_start_date, forecast_months.month_start_date) as month_start_date,
        coalesce(actuals.team_id, forecast_months.team_id) as team_id,
        coalesce(actuals.covered_days, 0) as covered_days,
        cast(extract(day from last_day(coalesce(actuals.month_start_date, forecast_months.month_start_date))) as integer) as days_in_month,
        actuals.actual_cost_usd,
        actuals.shared_cost_usd,
        coalesce(forecast_months.forecast_days, 0) as forecast_days,
        forecast_months.forecast_usd
    from actuals
    full outer join forecast_months
        on actuals.month_start_date = forecast_months.month_start_date and actuals.team_id = forecast_months.team_id

),

{# The forecast is used where it reaches every day to come. A month whose beginning lies before the data, or a team too young
   for a forecast, is projected at the rate of the days that are there. #}
projected as (

    select
        *,
        case
            when covered_days = days_in_month then 'actual'
            when covered_days + forecast_days = days_in_month then 'forecast'
            when covered_days > 0 then 'daily rate'
            else 'none'
        end as projection_method
    from joined

),

final as (

    select
        month_start_date,
        team_id,
        covered_days,
        days_in_month,
        actual_cost_usd,
        projection_method,
        {# Shared costs are not forecast: they go on at their daily rate. #}
        {{ money("case projection_method
            when 'actual' then actual_cost_usd
            when 'forecast' then coalesce(actual_cost_usd, 0) + forecast_usd
                + " ~ money("coalesce(" ~ ratio('shared_cost_usd', 'covered_days') ~ " * (days_in_month - covered_days), 0)") ~ "
            when 'daily rate' then " ~ money(ratio('actual_cost_usd', 'covered_days') ~ " * days_in_month") ~ "
        end") }} as projected_cost_usd
    from projected

)

select * from final
