{# one row per forecast, as it was written down when it was published #}

with made as (

    select * from {{ source('forecasts', 'made') }}

),

{# A line that somebody wrote by hand must not make the record unreadable: what cannot be read is null. #}
final as (

    select
        try_cast(replace(recorded_at, 'Z', '') as timestamp) as recorded_at,
        scope,
        scope_id,
        try_cast(first_forecast_date as date) as first_forecast_date,
        try_cast(last_forecast_date as date) as last_forecast_date,
        forecast_method,
        try_cast(forecast_usd as decimal(28, 12)) as forecast_usd,
        try_cast(lower_usd as decimal(28, 12)) as lower_usd,
        try_cast(upper_usd as decimal(28, 12)) as upper_usd
    from made

)

select *
from final
where scope is not null and scope_id is not null and recorded_at is not null and first_forecast_date is not null and last_forecast_date is not null and forecast_usd is not null
