{# Rises with every change after which days that an earlier version built cannot stay beside new ones: other columns or another
   grain of a table that is built day by day, other columns of a seed, or another rule of how a record counts. #}
{% macro warehouse_layout() -%}
    {{ return(12) }}
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
    {% do replace_table(layout_relation(), 'select ' ~ warehouse_layout() ~ ' as layout') %}
{%- endmacro %}

{% macro layout_relation() -%}
    {{ return(_intermediate_table('warehouse_layout')) }}
{%- endmacro %}

{# Takes away the tables of models that the project no longer has, and of models that are off with their sources: a reader must
   not find figures there that no build keeps right, and what they hold of days that go meanwhile must not come back. #}
{% macro drop_what_nothing_makes() -%}
    {{ return(drop_days_of_sources_that_are_off() if is_package() else adapter.dispatch('drop_what_nothing_makes')()) }}
{%- endmacro %}
{% macro default__drop_what_nothing_makes() -%}
    {% set kept = [
        layout_relation(), loaded_days_relation(), loaded_prices_relation(), loaded_inputs_relation(), published_days_relation(),
        unsettled_days_relation(), changed_days_relation(), midnight_files_relation(),
    ] %}
    {# Of a company's own models the last may be gone. #}
    {% set made, schemas = [], ['own'] %}
    {% for relation in kept %}
        {% do made.append(relation.schema ~ '.' ~ relation.identifier) %}
    {% endfor %}
    {% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') %}
        {% do made.append(node.schema ~ '.' ~ node.alias) %}
        {% do schemas.append(node.schema) %}
    {% endfor %}
    {% set stale = run_query(
        "select case table_type when 'VIEW' then 'view' else 'table' end, table_schema, table_name from information_schema.tables"
        ~ " where table_catalog = current_database() and table_schema in ('" ~ schemas | unique | join("', '") ~ "')"
        ~ " and table_schema || '.' || table_name not in ('" ~ made | join("', '") ~ "')"
    ).rows %}
    {% for kind, schema, name in stale %}
        {% do run_query('drop ' ~ kind ~ ' "' ~ schema ~ '"."' ~ name ~ '"') %}
    {% endfor %}
{%- endmacro %}
{% macro spark__drop_what_nothing_makes() -%}
    {% do drop_days_of_sources_that_are_off() %}
{%- endmacro %}

{# The schemas of a cluster, or of a project that has this one as a package, may hold what others made: only what holds days,
   which must not come back with a source, goes. #}
{% macro drop_days_of_sources_that_are_off() -%}
    {% for table in ['int_metered_parts_priced', 'int_calls_metered'] if not landed_call_sources() %}
        {% do run_query('drop table if exists ' ~ _intermediate_table(table)) %}
    {% endfor %}
{%- endmacro %}
