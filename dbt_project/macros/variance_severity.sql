{# How serious a difference is, up or down, by its share of what it is held against; a few dollars are minor whatever their share. #}
{% macro variance_severity(share, amount_usd) -%}
    case
        when {{ share }} is null then 'no basis'
        when abs({{ amount_usd }}) < {{ assumption('variance_moderate_from_usd') }} then 'minor'
        when abs({{ share }}) < {{ assumption('variance_moderate_from_share') }} then 'minor'
        when abs({{ share }}) < {{ assumption('variance_major_from_share') }} then 'moderate'
        when abs({{ share }}) < {{ assumption('variance_critical_from_share') }} then 'major'
        else 'critical'
    end
{%- endmacro %}

{# Whether a cost is over its plan by more than a minor difference: a dollar too much says nothing of the plan. #}
{% macro is_clearly_over(cost, plan) -%}
    coalesce({{ ratio(cost ~ ' - ' ~ plan, plan) }} >= {{ assumption('variance_moderate_from_share') }}, false)
{%- endmacro %}
