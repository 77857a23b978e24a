{# A schema is named after its folder (core, margin, ...), not prefixed with the target's schema: the names are the public contract. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
