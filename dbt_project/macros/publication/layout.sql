{# Rises with every change after which days that an earlier version built cannot stay beside new ones: other columns or another
   grain of a table that is built day by day, other columns of a seed, or another rule of how a record counts. #}
{% macro warehouse_layout() -%}
    {{ return(4) }}
{%- endmacro %}

{# A warehouse of another layout is built anew by who says so; what was published stays readable until then. Publication alone
   writes the layout, so a full refresh that fails, or is of a selection, leaves the warehouse one of the old layout. #}
{% macro check_layout() -%}
    {% if not flags.FULL_REFRESH and load_relation(loaded_days_relation()) %}
        {% set written = load_relation(layout_relation()) %}
        {% set layout = run_query('select layout from ' ~ written).columns[0].values()[0] if written else 1 %}
        {% if layout != warehouse_layout() %}
            {% do refuse(
                'Nothing was changed: ' ~ ('an older' if layout < warehouse_layout() else 'a newer') ~ ' version of the project built this warehouse (layout '
                ~ layout ~ ', here it is ' ~ warehouse_layout() ~ '). Build once with `dbt build --project-dir dbt_project --full-refresh`; CHANGELOG.md says what changed'
            ) %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{% macro remember_layout() -%}
    {% do run_query('create or replace table ' ~ layout_relation() ~ ' as select ' ~ warehouse_layout() ~ ' as layout') %}
{%- endmacro %}

{% macro layout_relation() -%}
    {{ return(_intermediate_table('warehouse_layout')) }}
{%- endmacro %}
