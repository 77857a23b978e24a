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

{# The minute of the week since which the price of a call holds; 0 for models whose price is the same at all times.
   Sums by it stay exact, as by the size of the input. #}
{% macro price_window(calls) -%}
    {%- set minutes = models_cut_by('week minute') -%}
    cast({{ largest_reached(week_minute(calls ~ '.called_at'), calls, minutes) if minutes else 0 }} as integer)
{%- endmacro %}

{# Whether a price holds at a minute of the week; always where no model in use has prices by the time of day. #}
{% macro holds_at_minute(prices, week_minute) -%}
    {%- if models_cut_by('week minute') -%}
        {{ prices }}.from_week_minute <= {{ week_minute }} and {{ week_minute }} < {{ prices }}.to_week_minute
    {%- else -%}
        1 = 1
    {%- endif -%}
{%- endmacro %}

{# Whether a price holds at all times of the week. #}
{% macro holds_all_week(prices) -%}
    {{ prices ~ '.to_week_minute - ' ~ prices ~ '.from_week_minute = 10080' if models_cut_by('week minute') else '1 = 1' }}
{%- endmacro %}

{# Of the prices that a row of a group may have: the one of its stretch of the week before the one of all other times. #}
{% macro stated_price(condition, stated='stated') -%}
    coalesce(
        max({{ stated }}.usd_per_token) filter (where {{ condition }} and {{ stated }}.from_week_minute is not null),
        max({{ stated }}.usd_per_token) filter (where {{ condition }} and {{ stated }}.from_week_minute is null)
    )
{%- endmacro %}
