{# The days on which a call_id occurs more than once, as a condition on a day column of a model that is built after
   int_calls_duplicated. Literals, not a sub-query: only they let both engines skip whole files. #}
{% macro is_day_with_duplicates(column_name) -%}
    {%- set duplicated_ref = ref('int_calls_duplicated') -%}
    {%- set duplicated = load_relation(duplicated_ref) if execute else none -%}
    {%- if not duplicated -%}
        1 = 1
    {%- else -%}
        {{ is_one_of_days(column_name, run_query('select distinct partition_date from ' ~ duplicated ~ ' order by partition_date').columns[0].values()) }}
    {%- endif -%}
{%- endmacro %}

{# Whether a day column is one of the days in a list. #}
{% macro is_one_of_days(column_name, days) -%}
    {%- if days -%}
        {{ column_name }} in ({% for day in days %}cast('{{ day }}' as date){{ ', ' if not loop.last }}{% endfor %})
    {%- else -%}
        1 = 0
    {%- endif -%}
{%- endmacro %}
