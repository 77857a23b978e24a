{# one row per scope x first day of 30 that were forecast: what was said first, and what came #}

with made as (

    select * from {{ ref('stg_forecasts__made') }}

),

costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

first_said as (

    select
        *,
        count(*) over (partition by scope, scope_id, first_forecast_date) - 1 as later_forecasts
    from made
    qualify row_number() over (partition by scope, scope_id, first_forecast_date order by recorded_at asc, forecast_usd asc, forecast_method asc) = 1

),

{# Days to come have no outcome yet; a scope without cost on the days that are over cost nothing, and one of whose days one is unknown is unknown. #}
compared as (

    select
        first_said.scope,
        first_said.scope_id,
        first_said.first_forecast_date,
        first_said.last_forecast_date,
        first_said.recorded_at,
        first_said.later_forecasts,
        first_said.forecast_method,
        first_said.forecast_usd,
        first_said.lower_usd,
        first_said.upper_usd,
        case
            when max(as_of.as_of_date) >= first_said.last_forecast_date and count(costs.usage_date) = count(costs.cost_usd)
                then {{ money('coalesce(sum(costs.cost_usd), 0)') }}
        end as actual_usd
    from first_said
    cross join as_of
    left join costs
        on
            first_said.scope = costs.scope and first_said.scope_id = costs.scope_id
            and costs.usage_date between first_said.first_forecast_date and first_said.last_forecast_date
    group by
        first_said.scope, first_said.scope_id, first_said.first_forecast_date, first_said.last_forecast_date, first_said.recorded_at,
        first_said.later_forecasts, first_said.forecast_method, first_said.forecast_usd, first_said.lower_usd, first_said.upper_usd

),

final as (

    select
        scope,
        scope_id,
        first_forecast_date,
        last_forecast_date,
        recorded_at,
        later_forecasts,
        forecast_method,
        forecast_usd,
        lower_usd,
        upper_usd,
        actual_usd,
        {{ ratio('forecast_usd - actual_usd', 'actual_usd') }} as error_share,
        actual_usd between lower_usd and upper_usd as is_within_range
    from compared

)

select * from final
