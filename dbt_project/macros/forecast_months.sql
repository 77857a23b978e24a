{# A select with one row per month x scope: what the method in use today says of it on the last day before it, and on how many days; of days
   whose cost is known. It reaches 30 days. Of the steps `forecasts` (int_forecasts_by_origin) and `methods` (int_forecast_methods). #}
{% macro forecast_months() -%}
    select
        last_day(forecasts.origin_date) + 1 as month_start_date,
        forecasts.scope,
        forecasts.scope_id,
        count(*) as days,
        {{ stable_sum('forecasts.forecast_usd') }} as forecast
    from forecasts
    inner join methods
        on
            forecasts.scope = methods.scope
            and forecasts.scope_id = methods.scope_id
            and forecasts.forecast_method = methods.forecast_method
            and methods.is_used
    where
        forecasts.origin_date = last_day(forecasts.origin_date)
        and cast(date_trunc('month', forecasts.forecast_date) as date) = last_day(forecasts.origin_date) + 1
        and forecasts.actual_usd is not null
    group by last_day(forecasts.origin_date) + 1, forecasts.scope, forecasts.scope_id
{%- endmacro %}
