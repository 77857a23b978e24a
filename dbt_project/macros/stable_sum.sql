{# The sum of doubles, the same whatever the order of the rows. A plain sum of doubles depends on which thread came
   first, so that two builds of the same data would differ in the last digits. Terms are rounded to 12 decimals. #}
{% macro stable_sum(expression) -%}
    cast(sum({{ decimal_of_double(expression, 'decimal(38, 12)') }}) as double)
{%- endmacro %}

{# The mean of doubles, likewise. #}
{% macro stable_avg(expression) -%}
    ({{ stable_sum(expression) }} / nullif(count({{ expression }}), 0))
{%- endmacro %}
