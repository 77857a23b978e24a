{# After a whole `dbt build` without failure: remembers which raw files the days were built from, and replaces
   the published warehouse in one step. Anything else (a failure, a kill, a selection) leaves both as they were,
   so the next build does the touched days again. The watcher selects all that new files can change, says so by a
   variable, and does it only on top of a build that was published. #}
{% macro publish_warehouse(results) -%}
    {{ return(adapter.dispatch('publish_warehouse')(results)) }}
{%- endmacro %}

{% macro default__publish_warehouse(results) -%}
    {% if execute and flags.WHICH == 'build' and is_ours_selected() %}
        {% set failed = results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped', 'partial success']) | list %}
        {# What is printed shows under --quiet, too. #}
        {% for result in results if result.status == 'warn' %}
            {% do print('Warning: ' ~ result.node.name ~ ' (' ~ result.failures ~ '): ' ~ (result.node.description or 'see the rows of the check') | trim) %}
        {% endfor %}
        {% if failed %}
            {% if is_to_be_published() %}
                {# What was skipped is not the reason. #}
                {% set first = (failed | rejectattr('status', 'equalto', 'skipped') | list + failed) | first %}
                {% set failure = _answer("failure_of('" ~ first.node.resource_type ~ "', '" ~ first.node.name ~ "', '" ~ (first.failures or '')
                    ~ "', '" ~ _quoted(first.message or '') ~ "', '" ~ _quoted(first.node.description or '') ~ "')") %}
                {% do note_attempt('failed', failure) %}
                {% do print(failure) %}
            {% endif %}
            {{ log('Not published: ' ~ failed | length ~ ' node(s) failed or were skipped; readers keep the last good warehouse.', info=true) }}
        {% elif not is_to_be_published() %}
            {{ log('Not published: only a selection was built; `dbt build` without selection publishes.', info=true) }}
        {% else %}
            {% do remember_build() %}
            {% do comment_on_marts(results) %}
            {% do run_query('checkpoint') %}
            {% set published = fromjson(_answer("publish_file('" ~ _quoted(target.path) ~ "')")) %}
            {% if published.problem %}
                {% do refuse('All is built, and not published: ' ~ published.problem) %}
            {% endif %}
            {% do note_attempt('published') %}
            {{ log('Published ' ~ published.path, info=true) }}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Whether this run publishes when nothing fails: a whole build, or the watcher's selection of all that can have changed. #}
{% macro is_to_be_published() -%}
    {# Unit tests test the SQL, not the data: whether a build runs them changes nothing. #}
    {% set left_out = (invocation_args_dict.get('exclude_resource_types') or []) | reject('equalto', 'unit_test') | list %}
    {% set selected = invocation_args_dict.get('select') or invocation_args_dict.get('exclude') or invocation_args_dict.get('selector') or invocation_args_dict.get('resource_types') or left_out %}
    {{ return(flags.WHICH == 'build' and (var('is_live_refresh') is sameas true or not selected)) }}
{%- endmacro %}

{# The command that called dbt makes the published file of Spark's tables, when it finds that a build is whole. #}
{% macro spark__publish_warehouse(results) -%}
    {% if execute and is_to_be_published() and not results | selectattr('status', 'in', ['error', 'fail', 'runtime error', 'skipped', 'partial success']) | list %}
        {% do remember_build() %}
        {% do run_query("insert overwrite directory '" ~ env_var('FINOPS_SPARK_BUILT') ~ "' using parquet select 'whole' as built") %}
    {% endif %}
{%- endmacro %}
