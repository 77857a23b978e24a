{# Whole days from start_date to end_date, as an integer. #}
{% macro days_between(start_date, end_date) -%}
    {{ return(adapter.dispatch('days_between')(start_date, end_date)) }}
{%- endmacro %}
{% macro default__days_between(start_date, end_date) -%}
    cast(date_diff('day', {{ start_date }}, {{ end_date }}) as integer)
{%- endmacro %}
{% macro spark__days_between(start_date, end_date) -%}
    cast(datediff({{ end_date }}, {{ start_date }}) as integer)
{%- endmacro %}

{# Whole milliseconds from start_at to end_at. #}
{% macro milliseconds_between(start_at, end_at) -%}
    {{ return(adapter.dispatch('milliseconds_between')(start_at, end_at)) }}
{%- endmacro %}
{% macro default__milliseconds_between(start_at, end_at) -%}
    cast(date_diff('millisecond', {{ start_at }}, {{ end_at }}) as bigint)
{%- endmacro %}
{% macro spark__milliseconds_between(start_at, end_at) -%}
    cast(unix_millis({{ end_at }}) - unix_millis({{ start_at }}) as bigint)
{%- endmacro %}

{# Monday is 1. #}
{% macro iso_weekday(date_column) -%}
    {{ return(adapter.dispatch('iso_weekday')(date_column)) }}
{%- endmacro %}
{% macro default__iso_weekday(date_column) -%}cast(isodow({{ date_column }}) as integer){%- endmacro %}
{% macro spark__iso_weekday(date_column) -%}cast(weekday({{ date_column }}) + 1 as integer){%- endmacro %}

{# Every date from first_date to last_date, as column date_day of a select. #}
{% macro day_spine(first_date, last_date) -%}
    {{ return(adapter.dispatch('day_spine')(first_date, last_date)) }}
{%- endmacro %}
{% macro default__day_spine(first_date, last_date) -%}
    select cast(spine.day_at as date) as date_day
    from generate_series(cast({{ first_date }} as timestamp), cast({{ last_date }} as timestamp), interval 1 day) as spine (day_at)
{%- endmacro %}
{% macro spark__day_spine(first_date, last_date) -%}
    select explode(sequence(cast({{ first_date }} as date), cast({{ last_date }} as date), interval 1 day)) as date_day
{%- endmacro %}

{# The first day of the month that begins a number of months after that of a date. #}
{% macro month_after(date_column, months) -%}
    {{ return(adapter.dispatch('month_after')(date_column, months)) }}
{%- endmacro %}
{% macro default__month_after(date_column, months) -%}
    cast(date_trunc('month', {{ date_column }} + to_months({{ months }})) as date)
{%- endmacro %}
{% macro spark__month_after(date_column, months) -%}
    cast(date_trunc('month', add_months({{ date_column }}, {{ months }})) as date)
{%- endmacro %}

{# The timestamp at which a date begins. #}
{% macro start_of_day(date_column) -%}cast({{ date_column }} as timestamp){%- endmacro %}

{# The timestamp at which the hour of another begins. Spark's date_trunc gives one with a zone. #}
{% macro start_of_hour(moment) -%}cast(date_trunc('hour', {{ moment }}) as timestamp){%- endmacro %}

{# Microseconds from 1970 to a timestamp, for arithmetic on moments. #}
{% macro unix_microseconds(moment) -%}
    {{ return(adapter.dispatch('unix_microseconds')(moment)) }}
{%- endmacro %}
{% macro default__unix_microseconds(moment) -%}epoch_us({{ moment }}){%- endmacro %}
{% macro spark__unix_microseconds(moment) -%}unix_micros({{ moment }}){%- endmacro %}

{# The timestamp at a number of microseconds from 1970. #}
{% macro from_unix_microseconds(microseconds) -%}
    {{ return(adapter.dispatch('from_unix_microseconds')(microseconds)) }}
{%- endmacro %}
{% macro default__from_unix_microseconds(microseconds) -%}make_timestamp(cast({{ microseconds }} as bigint)){%- endmacro %}
{% macro spark__from_unix_microseconds(microseconds) -%}cast(timestamp_micros(cast({{ microseconds }} as bigint)) as timestamp_ntz){%- endmacro %}
