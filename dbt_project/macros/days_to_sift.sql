{# The days on which some record was refused, repeats a call or does not count as it came, as a condition on a day column. Literals, not a sub-query:
   only they let both engines skip whole files. Known once int_calls_rejected, int_calls_duplicated and int_call_records_settled are built. #}
{% macro is_day_to_sift(column_name) -%}
    {%- set rejected_ref = ref('int_calls_rejected') -%}
    {%- set duplicated_ref = ref('int_calls_duplicated') -%}
    {%- set settled_ref = ref('int_call_records_settled') if landed_call_sources() else none -%}
    {%- if execute and load_relation(rejected_ref) and load_relation(duplicated_ref) and (not settled_ref or load_relation(settled_ref)) -%}
        {%- set days = run_query(
            'select partition_date from ' ~ rejected_ref ~ ' union select partition_date from ' ~ duplicated_ref
            ~ (' union select partition_date from ' ~ settled_ref if settled_ref else '') ~ ' order by 1'
        ).columns[0].values() -%}
        {{ is_one_of_days(column_name, days) }}
    {%- else -%}
        1 = 1
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
