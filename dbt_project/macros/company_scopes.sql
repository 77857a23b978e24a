{# The kinds of scope that are forecast whether they have a budget or not: the company, and those that are parts of all its spend. #}
{% macro company_scopes() -%}
('total', 'component', 'provider', 'team')
{%- endmacro %}
