{# Log-spaced latency buckets, 5 % wide: their counts add up over days, so percentiles need no second look at the calls. #}
{% macro latency_bucket(latency_ms) -%}
    cast(floor(ln(cast(greatest({{ latency_ms }}, 1) as double)) * 20) as integer)
{%- endmacro %}

{# A percentile of latencies counted by bucket, as an aggregate over rows with calls, min_latency_ms and max_latency_ms (of the
   calls of the bucket), calls_up_to (this bucket and those below) and total_calls. Calls are taken as spread evenly between the
   least and the most of their bucket, so the result is off by less than the bucket's width (5.2 % of the latency), and never
   beyond what was measured. #}
{% macro percentile_in_buckets(share) -%}
    {%- set rank = 'cast(' ~ share ~ ' as double) * total_calls' -%}
    max(
        case
            when calls_up_to >= {{ rank }} and calls_up_to - calls < {{ rank }}
                then min_latency_ms + ({{ rank }} - (calls_up_to - calls)) / calls * (max_latency_ms - min_latency_ms)
        end
    )
{%- endmacro %}
