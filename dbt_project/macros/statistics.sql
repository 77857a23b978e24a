{# Byar's interval for the mean of a Poisson count: close to the exact one, and wider below where the count is small
   (1 event: 0.013 to 5.56 beside the exact 0.025 to 5.57; 5 events: 1.61 to 11.67 beside 1.62 to 11.67). It needs no
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
