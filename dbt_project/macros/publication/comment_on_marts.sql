{# Writes the descriptions of the public marts that were built into the file itself, so that a shell explains a table and its
   columns; the decisions that follow in a description stay in the docs. One batch on publication: a statement of its own for
   each model, as dbt's persist_docs would run it, costs seconds. #}
{% macro comment_on_marts(results) -%}
    {% set statements = [] %}
    {% for result in results if result.node.package_name == 'ai_finops' and result.node.resource_type == 'model' and result.node.access == 'public' %}
        {% set relation = result.node.schema ~ '.' ~ result.node.alias %}
        {% set kind = 'view' if result.node.config.materialized == 'view' else 'table' %}
        {% do statements.append('comment on ' ~ kind ~ ' ' ~ relation ~ " is '" ~ one_line(result.node.description.split('\n### ')[0]) ~ "'") %}
        {% for column in result.node.columns.values() if column.description %}
            {% do statements.append('comment on column ' ~ relation ~ '.' ~ column.name ~ " is '" ~ one_line(column.description) ~ "'") %}
        {% endfor %}
    {% endfor %}
    {% if statements %}
        {% do run_query('begin; ' ~ statements | join('; ') ~ '; commit') %}
    {% endif %}
{%- endmacro %}

{% macro one_line(text) -%}
    {{ return(text.split() | join(' ') | replace("'", "''")) }}
{%- endmacro %}
