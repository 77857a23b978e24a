{# What the warehouse itself writes in place of an id: nobody, not known, all together. #}
{% macro is_reserved_id(id) -%}
    lower(trim({{ id }})) in ('unallocated', 'unknown', 'all')
{%- endmacro %}
