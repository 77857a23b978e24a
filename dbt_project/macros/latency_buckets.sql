{# Log-spaced latency buckets, 5 % wide: their counts add up over days, so percentiles need no second look at the calls. #}
{% macro latency_bucket(latency_ms) -%}
    cast(floor(ln(cast(greatest({{ latency_ms }}, 1) as double)) * 20) as integer)
{%- endmacro %}

{# The latency at which a bucket ends, in milliseconds. #}
{% macro latency_bucket_upper_ms(latency_bucket) -%}
    exp(cast({{ latency_bucket }} + 1 as double) / 20)
{%- endmacro %}

{# A percentile of latencies counted by bucket, as an aggregate over rows with calls, calls_up_to (this bucket and
   those below) and total_calls. Calls are taken as spread evenly inside their bucket, so the result is off by less
   than the bucket's width: 5.2 % of the latency. #}
{% macro percentile_in_buckets(share) -%}
    {%- set rank = 'cast(' ~ share ~ ' as double) * total_calls' -%}
    max(
        case
            when calls_up_to >= {{ rank }} and calls_up_to - calls < {{ rank }}
                then
                    {{ latency_bucket_upper_ms('latency_bucket - 1') }}
                    + ({{ rank }} - (calls_up_to - calls)) / calls
                    * ({{ latency_bucket_upper_ms('latency_bucket') }} - {{ latency_bucket_upper_ms('latency_bucket - 1') }})
        end
    )
{%- endmacro %}
