{# A budget a month once savings are made, not below nothing: they come off what is expected, so growth and contingency are those of what is left. #}
{% macro budget_after_savings(a_month, savings, growth_share, contingency_share) -%}
    {%- set left = money(a_month ~ ' - ' ~ money_times(savings, '(1 + ' ~ growth_share ~ ') * (1 + ' ~ contingency_share ~ ')')) -%}
    case when {{ left }} < 0 then {{ money(0) }} else {{ left }} end
{%- endmacro %}

{# The mean month of whole cents that are proposed for the months of a quarter. #}
{% macro cents_a_month(cents) -%}
    {{ money_of_double(ratio('sum(' ~ cents ~ ')', 'count(' ~ cents ~ ') * 100')) }}
{%- endmacro %}
