{# A team that only calls or budgets name goes by its id. #}
{% macro name_of_team(team_name, team_id) -%}
    coalesce({{ team_name }}, case when {{ team_id }} = 'unallocated' then 'Unallocated' else {{ team_id }} end)
{%- endmacro %}
