{# The id of an alert: the same for the same rule, subject and period on every build and engine. The subject comes last: whatever it contains, no other
   alert has this text. #}
{% macro alert_id(rule_id, subject_type, period_start_date, subject_id) -%}
    left(md5({{ rule_id }} || '|' || {{ subject_type }} || '|' || cast({{ period_start_date }} as string) || '|' || {{ subject_id }}), 12)
{%- endmacro %}
