{# A double as a decimal of a type such as 'decimal(28, 12)', the same digit for digit on both engines: the double times
   the power of ten, rounded half away from zero. Spark's own cast rounds the shortest text of the double instead, which
   is another number at ties and above 15 digits; here it makes two whole numbers of it, each of which a double holds. #}
{% macro decimal_of_double(value, type) -%}
    {{ return(adapter.dispatch('decimal_of_double')(value, type)) }}
{%- endmacro %}
{% macro default__decimal_of_double(value, type) -%}cast(cast({{ value }} as double) as {{ type }}){%- endmacro %}
{% macro spark__decimal_of_double(value, type) -%}
    {%- set scale = type.split(',')[1].strip(' )') | int -%}
    {%- set units = 'round(cast(' ~ value ~ ' as double) * 1e' ~ scale ~ ')' -%}
    cast(
        cast(cast(floor({{ units }} / 1048576) as decimal(20, 0)) * 1048576 + cast(pmod({{ units }}, cast(1048576 as double)) as int) as decimal({{ 37 - scale }}, 0))
        * cast('1e-{{ scale }}' as decimal({{ [scale, 1] | max }}, {{ scale }}))
        as {{ type }}
    )
{%- endmacro %}

{# Whole numbers from first to last, as column number of a select. #}
{% macro whole_numbers(first, last) -%}
    {{ return(adapter.dispatch('whole_numbers')(first, last)) }}
{%- endmacro %}
{% macro default__whole_numbers(first, last) -%}
    select cast(series.counted as integer) as number
    from range({{ first }}, {{ last }} + 1) as series (counted)
{%- endmacro %}
{% macro spark__whole_numbers(first, last) -%}
    select cast(id as int) as number
    from range({{ first }}, {{ last }} + 1)
{%- endmacro %}
