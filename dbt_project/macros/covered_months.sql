{# A select with one row per calendar month that the data reaches: how many days it has, and of how many there is data. Of the
   steps `dates` and `as_of`. #}
{% macro covered_months() -%}
    select
        dates.month_start_date,
        max(dates.days_in_month) as days_in_month,
        cast(count(*) as integer) as covered_days
    from dates
    inner join as_of on dates.date_day between as_of.first_usage_date and as_of.as_of_date
    group by dates.month_start_date
{%- endmacro %}

{# The same of one month, as two columns. #}
{% macro covered_days_of(month_start_date) -%}
    {{ days_between('greatest(' ~ month_start_date ~ ', as_of.first_usage_date)', 'least(last_day(' ~ month_start_date ~ '), as_of.as_of_date)') }} + 1 as covered_days,
        cast(extract(day from last_day({{ month_start_date }})) as integer) as days_in_month
{%- endmacro %}
