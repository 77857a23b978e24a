{# How serious a difference is, up or down, by its share of what it is held against. #}
{% macro variance_severity(share) -%}
    case
        when {{ share }} is null then 'no basis'
        when abs({{ share }}) < {{ assumption('variance_moderate_from_share') }} then 'minor'
        when abs({{ share }}) < {{ assumption('variance_major_from_share') }} then 'moderate'
        when abs({{ share }}) < {{ assumption('variance_critical_from_share') }} then 'major'
        else 'critical'
    end
{%- endmacro %}
