{# Rows of seed investments that count: the examples shipped are gone as soon as a company enters one of its own. #}
{% macro own_or_else_examples() -%}
    qualify not coalesce(is_illustrative, false) or bool_and(coalesce(is_illustrative, false)) over ()
{%- endmacro %}
