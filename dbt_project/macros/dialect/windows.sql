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
