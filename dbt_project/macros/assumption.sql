{# The number of that name in the seed assumptions, as a value of one row. A double, unless a type is asked for:
   money is multiplied by a decimal. #}
{% macro assumption(name, data_type='double') -%}
(select {{ decimal_of_double('max(value)', data_type) if data_type.startswith('decimal') else 'cast(max(value) as ' ~ data_type ~ ')' }} from {{ ref('assumptions') }} where name = '{{ name }}')
{%- endmacro %}
