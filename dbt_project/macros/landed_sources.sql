{# The sources that are on, of those that hold something of a kind: calls, charges, invoices, billing, customers. The variable
   source_kinds registers them. #}
{% macro landed_sources(kind) -%}
    {%- set found, kinds = [], var('source_kinds') -%}
    {#- The linter knows no variables. -#}
    {%- for source_name, held in (kinds.items() if kinds is mapping else []) if held == kind and source_name in var('sources') -%}
        {%- do found.append(source_name) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# The sources of call records that are landed from other tools' exports and are on: each has a model
   stg_<source>__calls in the columns of stg_raw__calls, which is there only while the source is on. #}
{% macro landed_call_sources() -%}
    {{ return(landed_sources('calls')) }}
{%- endmacro %}
