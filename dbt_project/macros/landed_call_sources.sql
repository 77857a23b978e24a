{# The sources of call records that are landed from other tools' exports and are on: each has a model
   stg_<source>__calls in the columns of stg_raw__calls, which is there only while the source is on. #}
{% macro landed_call_sources() -%}
    {{ return(['otel', 'litellm', 'langfuse', 'coding_agents'] | select('in', var('sources')) | list) }}
{%- endmacro %}
