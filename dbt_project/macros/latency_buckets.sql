{# Log-spaced latency buckets, 5 % wide: their counts add up over days, so percentiles need no second look at the calls. #}
{% macro latency_bucket(latency_ms) -%}
    cast(floor(ln(cast(greatest({{ latency_ms }}, 1) as double)) * 20) as integer)
{%- endmacro %}

{# The latency at which a bucket ends, in milliseconds. #}
{% macro latency_bucket_upper_ms(latency_bucket) -%}
    exp(cast({{ latency_bucket }} + 1 as double) / 20)
{%- endmacro %}
