{# Makes a table of a select, in the place of one of that name. #}
{% macro replace_table(relation, select) -%}
    {{ return(adapter.dispatch('replace_table')(relation, select)) }}
{%- endmacro %}
{% macro default__replace_table(relation, select) -%}
    {% do run_query('create or replace table ' ~ relation ~ ' as ' ~ select) %}
{%- endmacro %}
{% macro spark__replace_table(relation, select) -%}
    {% do run_query('drop table if exists ' ~ relation) %}
    {% do run_query('create table ' ~ relation ~ ' using parquet as ' ~ select) %}
{%- endmacro %}

{# Adds the rows of a select to a table. Spark has no transactions: two that add to one table at once lose one another's files,
   so rows that all models note are noted by the first, and the others find none to add. #}
{% macro append_rows(relation, select) -%}
    {{ return(adapter.dispatch('append_rows')(relation, select)) }}
{%- endmacro %}
{% macro default__append_rows(relation, select) -%}
    {% do run_query('insert into ' ~ relation ~ ' ' ~ select) %}
{%- endmacro %}
{% macro spark__append_rows(relation, select) -%}
    {% if run_query('select count(*) from (' ~ select ~ ') as added').columns[0].values()[0] > 0 %}
        {% do run_query('insert into ' ~ relation ~ ' ' ~ select) %}
    {% endif %}
{%- endmacro %}

{# Whether there is a table of that name now. load_relation, where dbt has not listed the tables yet, would open a transaction that
   an operation by itself never commits. #}
{% macro is_there(relation) -%}
    {{ return(adapter.dispatch('is_there')(relation)) }}
{%- endmacro %}
{% macro default__is_there(relation) -%}
    {{ return(run_query(
        "select count(*) from information_schema.tables where table_catalog = current_database()"
        ~ " and table_schema = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier ~ "'"
    ).columns[0].values()[0] > 0) }}
{%- endmacro %}
{% macro spark__is_there(relation) -%}
    {{ return(load_relation(relation) is not none) }}
{%- endmacro %}

{# Takes all rows out of a table. #}
{% macro empty_table(relation) -%}
    {{ return(adapter.dispatch('empty_table')(relation)) }}
{%- endmacro %}
{% macro default__empty_table(relation) -%}
    {% do run_query('delete from ' ~ relation) %}
{%- endmacro %}
{% macro spark__empty_table(relation) -%}
    {% do run_query('truncate table ' ~ relation) %}
{%- endmacro %}

{# What holds a model that DuckDB makes when it is read. On Spark every reader of a view analyses it anew, which takes longer
   than the reading, and what is published is made of tables. #}
{% macro view_or_table() -%}
    {{ return(adapter.dispatch('view_or_table')()) }}
{%- endmacro %}
{% macro default__view_or_table() -%}{{ return('view') }}{%- endmacro %}
{% macro spark__view_or_table() -%}{{ return('table') }}{%- endmacro %}

{# What max_by and min_by go by where rows may be equal in the first: which of those an engine takes is by chance. #}
{% macro in_order(first, second) -%}
    {{ return(adapter.dispatch('in_order')(first, second)) }}
{%- endmacro %}
{% macro default__in_order(first, second) -%}row({{ first }}, {{ second }}){%- endmacro %}
{% macro spark__in_order(first, second) -%}struct({{ first }}, {{ second }}){%- endmacro %}
