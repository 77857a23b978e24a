{# Byar's interval for the mean of a Poisson count; within 1 % of the exact one from a count of 1 on. It needs no
   quantile function, which the engines name differently or lack. #}
{% macro poisson_lower(events, z) -%}
    case
        when {{ events }} = 0 then 0.0
        else
            cast({{ events }} as double)
            * power(1 - 1 / (9 * cast({{ events }} as double)) - cast({{ z }} as double) / (3 * sqrt(cast({{ events }} as double))), 3)
    end
{%- endmacro %}

{% macro poisson_upper(events, z) -%}
    (
        cast({{ events }} + 1 as double)
        * power(1 - 1 / (9 * cast({{ events }} + 1 as double)) + cast({{ z }} as double) / (3 * sqrt(cast({{ events }} + 1 as double))), 3)
    )
{%- endmacro %}
