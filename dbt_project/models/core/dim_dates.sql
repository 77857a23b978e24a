{# one row per UTC day from the month of the first call to the end of the month after next, so that forecasts have dates, too #}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

period as (

    select
        cast(date_trunc('month', first_usage_date) as date) as first_date,
        last_day(cast(date_trunc('month', last_usage_date) as date) + 63) as last_date
    from as_of

),

days as (

    {{ day_spine('(select first_date from period)', '(select last_date from period)') }}

),

described as (

    select
        date_day,
        cast(date_trunc('month', date_day) as date) as month_start_date,
        cast(last_day(date_day) as date) as month_end_date,
        cast(extract(day from last_day(date_day)) as integer) as days_in_month,
        cast(extract(day from date_day) as integer) as day_of_month,
        {{ iso_weekday('date_day') }} as iso_weekday,
        {{ iso_weekday('date_day') }} >= 6 as is_weekend
    from days

)

select * from described
