{# one row per weekday x UTC hour with calls, trailing 30 days to the as-of date: what such an hour costs. A window has five of some weekdays and
   four of others, so that hours compare by their mean #}

{{ config(materialized=view_or_table()) }}

with usage_hourly as (

    select * from {{ ref('int_usage_hourly') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The days before the first call are no days on which nothing was used. #}
days as (

    select
        dates.date_day,
        dates.iso_weekday,
        cast(count(*) over (partition by dates.iso_weekday) as integer) as weekday_days,
        count(*) over () as all_days
    from dates
    inner join as_of on dates.date_day between greatest(as_of.window_start_date, as_of.first_usage_date) and as_of.as_of_date

),

hours as (

    select
        days.iso_weekday,
        cast(extract(hour from usage_hourly.usage_hour_at) as integer) as hour_of_day,
        days.weekday_days,
        days.all_days,
        cast(sum(usage_hourly.calls) as bigint) as calls,
        {{ money('sum(usage_hourly.effective_cost_usd)') }} as effective_cost_usd
    from usage_hourly
    inner join days on usage_hourly.usage_date = days.date_day
    group by days.iso_weekday, extract(hour from usage_hourly.usage_hour_at), days.weekday_days, days.all_days

),

compared as (

    select
        *,
        {{ ratio('effective_cost_usd', 'weekday_days') }} as mean_cost_usd,
        {{ ratio('sum(effective_cost_usd) over ()', '24 * all_days') }} as mean_cost_of_all_hours_usd
    from hours

),

final as (

    select
        iso_weekday,
        case iso_weekday
            when 1 then 'Monday'
            when 2 then 'Tuesday'
            when 3 then 'Wednesday'
            when 4 then 'Thursday'
            when 5 then 'Friday'
            when 6 then 'Saturday'
            else 'Sunday'
        end as weekday_name,
        hour_of_day,
        weekday_days,
        calls,
        effective_cost_usd,
        {{ money_of_double('mean_cost_usd') }} as mean_cost_usd,
        {{ ratio('mean_cost_usd', 'mean_cost_of_all_hours_usd') }} as cost_to_mean,
        cast(row_number() over (order by mean_cost_usd desc nulls last, iso_weekday asc, hour_of_day asc) as integer) as cost_rank
    from compared

)

select * from final
