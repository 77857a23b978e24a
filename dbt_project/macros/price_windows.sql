{# Prices by the time of day: days of the week and hours of UTC as the seeds state them (`1-5`, `01:00-04:00`), and minutes
   of the UTC week, from 0 on Monday at midnight to 10080. What is made for them is made of the models in use that have such
   a price: without one, no query becomes longer. #}

{# The first or last weekday of a window, Monday is 1. #}
{% macro weekday_of_window(which) -%}
    case
        when weekdays is null then {{ 1 if which == 'first' else 7 }}
        {%- if which == 'last' %}
        when weekdays like '%-%' then try_cast(split_part(weekdays, '-', 2) as integer)
        {%- endif %}
        else try_cast(split_part(weekdays, '-', 1) as integer)
    end
{%- endmacro %}

{# The minute of the day at which a window starts or ends; 0 and 0 where it is the whole day. #}
{% macro minute_of_window(which) -%}
    {%- set time = "split_part(hours_utc, '-', " ~ (1 if which == 'start' else 2) ~ ")" -%}
    case
        when hours_utc is null then 0
        else try_cast(split_part({{ time }}, ':', 1) as integer) * 60 + try_cast(split_part({{ time }}, ':', 2) as integer)
    end
{%- endmacro %}

{# The minute of the UTC week of a moment. #}
{% macro week_minute(moment) -%}
    (({{ iso_weekday(moment) }} - 1) * 1440 + extract(hour from {{ moment }}) * 60 + extract(minute from {{ moment }}))
{%- endmacro %}

{# The models in use whose price depends on the time of day, with the minutes of the week at which it changes. #}
{% macro price_windows() -%}
    {%- set prices = load_relation(_intermediate_table('int_price_periods')) if execute else none -%}
    {%- if prices and 'from_week_minute' in adapter.get_columns_in_relation(prices) | map(attribute='name') -%}
        {%- set of_windows = ' from ' ~ prices ~ ' where from_week_minute > 0 order by 1' -%}
        {{ return({
            'models': run_query('select distinct model' ~ of_windows).columns[0].values() | list,
            'starts': run_query('select distinct from_week_minute' ~ of_windows ~ ' desc').columns[0].values() | list,
        }) }}
    {%- endif -%}
    {{ return({'models': [], 'starts': []}) }}
{%- endmacro %}

{# The minute of the week since which the price of a call holds; 0 for models whose price is the same at all times.
   Sums by it stay exact, as by the size of the input. #}
{% macro price_window(calls) -%}
    {%- set windows = price_windows() -%}
    {%- if windows['models'] -%}
        cast(case when {{ calls }}.model in ({% for model in windows['models'] %}{{ _sql_text(model) }}{{ ', ' if not loop.last }}{% endfor %})
            then case
                {% for start in windows['starts'] %}when {{ week_minute(calls ~ '.called_at') }} >= {{ start }} then {{ start }} {% endfor %}else 0
            end
            else 0
        end as integer)
    {%- else -%}
        cast(0 as integer)
    {%- endif -%}
{%- endmacro %}

{# Whether a price holds at a minute of the week; always where no model in use has prices by the time of day. #}
{% macro holds_at_minute(prices, week_minute) -%}
    {%- if price_windows()['models'] -%}
        {{ prices }}.from_week_minute <= {{ week_minute }} and {{ week_minute }} < {{ prices }}.to_week_minute
    {%- else -%}
        1 = 1
    {%- endif -%}
{%- endmacro %}

{# Whether a price holds at all times of the week. #}
{% macro holds_all_week(prices) -%}
    {{ prices ~ '.to_week_minute - ' ~ prices ~ '.from_week_minute = 10080' if price_windows()['models'] else '1 = 1' }}
{%- endmacro %}

{# Of the prices that a row of a group may have: the one of its stretch of the week before the one of all other times. #}
{% macro stated_price(condition, stated='stated') -%}
    coalesce(
        max({{ stated }}.usd_per_token) filter (where {{ condition }} and {{ stated }}.from_week_minute is not null),
        max({{ stated }}.usd_per_token) filter (where {{ condition }} and {{ stated }}.from_week_minute is null)
    )
{%- endmacro %}
