{# one row per weekday x hour of the reporting time zone with calls, the last 30 of its days that are complete on the as-of date: what such an hour
   costs. A window has five of some weekdays and four of others, so that hours compare by their mean #}

{{ config(materialized=view_or_table()) }}

with usage_slots as (

    select * from {{ ref('int_usage_slots') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The days before the first call are no days on which nothing was used; of the zone's own, the last may end after the as-of date. #}
local_days as (

    select
        cast({{ local_time(start_of_day('as_of_date + 1')) }} as date) - 1 as last_date,
        cast({{ local_time(start_of_day('first_usage_date')) }} + interval '1439' minute as date) as first_date
    from as_of

),

days as (

    select
        dates.date_day,
        dates.iso_weekday,
        cast(count(*) over (partition by dates.iso_weekday) as integer) as weekday_days,
        count(*) over () as all_days
    from dates
    inner join local_days on dates.date_day between greatest(local_days.last_date - 29, local_days.first_date) and local_days.last_date

),

hours as (

    select
        days.iso_weekday,
        cast(extract(hour from usage_slots.local_hour_at) as integer) as hour_of_day,
        days.weekday_days,
        days.all_days,
        cast(sum(usage_slots.calls) as bigint) as calls,
        {{ money('sum(usage_slots.effective_cost_usd)') }} as effective_cost_usd
    from usage_slots
    inner join days on cast(usage_slots.local_hour_at as date) = days.date_day
    group by days.iso_weekday, extract(hour from usage_slots.local_hour_at), days.weekday_days, days.all_days

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
        '{{ var("reporting_time_zone") }}' as time_zone,
        weekday_days,
        calls,
        effective_cost_usd,
        {{ money_of_double('mean_cost_usd') }} as mean_cost_usd,
        {{ ratio('mean_cost_usd', 'mean_cost_of_all_hours_usd') }} as cost_to_mean,
        cast(row_number() over (order by mean_cost_usd desc nulls last, iso_weekday asc, hour_of_day asc) as integer) as cost_rank
    from compared

)

select * from final
