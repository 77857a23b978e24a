{# one row: the day on which the marts stand, and the 30 days up to it beside the 30 days before #}

with call_records as (

    select * from {{ ref('int_call_records_daily') }}

),

days as (

    select
        usage_date,
        sum(rows_read - rows_rejected - rows_duplicate) as calls,
        extract(hour from max(last_called_at)) as last_hour,
        {{ iso_weekday('usage_date') }} > 5 as is_weekend
    from call_records
    group by usage_date
    having sum(rows_read - rows_rejected - rows_duplicate) > 0

),

ordered as (

    select
        usage_date,
        lag(usage_date) over (order by usage_date) as earlier_date,
        max(usage_date) over () as last_date,
        sum(calls) over (order by usage_date rows between current row and unbounded following) as calls_from_here,
        count(*) over (order by usage_date rows between current row and unbounded following) as days_from_here
    from days

),

{# Records of a clock that is ahead: the last days that have calls, a week at most, when they hold less than a twentieth of
   the calls that the four weeks before would bring in that time (a month at most). 1 / (20 x 28 days) = 1 / 560. #}
ahead as (

    select ordered.usage_date
    from ordered
    inner join days on days.usage_date between ordered.earlier_date - 27 and ordered.earlier_date
    where ordered.days_from_here <= 7
    group by ordered.usage_date, ordered.calls_from_here, ordered.earlier_date, ordered.last_date
    having ordered.calls_from_here * 560 < least({{ days_between('ordered.earlier_date', 'ordered.last_date') }}, 30) * sum(days.calls)

),

last_day as (

    select max(days.usage_date) as usage_date
    from days
    left join ahead on ahead.usage_date <= days.usage_date
    where ahead.usage_date is null

),

{# The last day counts when its last call is as late as on half of the days like it in the four weeks before, workdays or
   weekends (any day where there is none alike). Otherwise it is still being filled, and the day before counts. #}
earlier_days as (

    select
        days.last_hour <= last_days.last_hour as is_reached,
        days.is_weekend = last_days.is_weekend as is_alike
    from last_day
    inner join days as last_days on last_day.usage_date = last_days.usage_date
    inner join days on days.usage_date between last_days.usage_date - 28 and last_days.usage_date - 1

),

completeness as (

    select
        case
            when count(*) filter (where is_alike) > 0
                then 2 * count(*) filter (where is_alike and is_reached) >= count(*) filter (where is_alike)
            else 2 * count(*) filter (where is_reached) >= count(*)
        end as is_complete
    from earlier_days

),

data_period as (

    select
        min(usage_date) as first_usage_date,
        max(usage_date) as last_usage_date
    from days

),

chosen as (

    select
        {% if var('as_of_date') == 'latest' -%}
        case
            when completeness.is_complete or last_day.usage_date = data_period.first_usage_date then last_day.usage_date
            else last_day.usage_date - 1
        end as as_of_date,
        {%- else -%}
        cast('{{ var("as_of_date") }}' as date) as as_of_date,
        {%- endif %}
        data_period.first_usage_date,
        data_period.last_usage_date
    from data_period
    cross join last_day
    cross join completeness

),

windows as (

    select
        as_of_date,
        as_of_date - 29 as window_start_date,
        as_of_date - 30 as prior_window_end_date,
        as_of_date - 59 as prior_window_start_date,
        first_usage_date,
        last_usage_date,
        first_usage_date <= as_of_date - 59 as has_full_prior_period
    from chosen

)

select * from windows
