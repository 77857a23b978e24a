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
