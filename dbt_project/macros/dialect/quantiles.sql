{# An exact quantile of the numbers of a group, between two of them where it falls there. Both engines have it in these words;
   the linter's Spark does not, and so does not see them: a dispatched macro is its first argument to it. #}
{% macro percentile(value, share) -%}
    {{ return(adapter.dispatch('percentile')(value, share)) }}
{%- endmacro %}
{% macro default__percentile(value, share) -%}
    percentile_cont({{ share }}) within group (order by {{ value }})
{%- endmacro %}

{# An exact quantile of a double over a moving window; `window` is the name of a window of the select. #}
{% macro moving_quantile(value, share, window) -%}
    {{ return(adapter.dispatch('moving_quantile')(value, share, window)) }}
{%- endmacro %}
{% macro default__moving_quantile(value, share, window) -%}
    quantile_cont({{ value }}, {{ share }}) over {{ window }}
{%- endmacro %}
{% macro spark__moving_quantile(value, share, window) -%}
    percentile({{ value }}, {{ share }}) over {{ window }}
{%- endmacro %}
