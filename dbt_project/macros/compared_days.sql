{# Of a day, as two columns: the month to which it is the month before, and whether it is held against days of that month. Of one that
   is not over, only as many days of the month before are. Of the step `as_of`. #}
{% macro compared_days(day) -%}
    last_day({{ day }}) + 1 as next_month_start_date,
        last_day({{ day }}) + 1 <> cast(date_trunc('month', as_of.as_of_date) as date)
        or as_of.as_of_date = last_day(as_of.as_of_date)
        or extract(day from {{ day }}) <= extract(day from as_of.as_of_date) as is_compared
{%- endmacro %}
