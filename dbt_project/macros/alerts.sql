{# A share for a sentence: 83.2%. #}
{% macro percent_text(share) -%}
    (cast(cast(round(cast({{ share }} as decimal(28, 6)) * 100, 1) as decimal(28, 1)) as string) || '%')
{%- endmacro %}

{# A calendar month for a sentence: 2026-10. #}
{% macro month_text(date_column) -%}
    left(cast({{ date_column }} as string), 7)
{%- endmacro %}

{# The name of a subject for a sentence: a name of any length must leave room for the figures. #}
{% macro name_text(name, id) -%}
    case
        when length(coalesce({{ name }}, {{ id }})) > 60 then left(coalesce({{ name }}, {{ id }}), 59) || '…'
        else coalesce({{ name }}, {{ id }})
    end
{%- endmacro %}

{# The same for the same rule, subject and period on every build and engine. The subject stands last: whatever it contains, no other
   alert has this text. #}
{% macro alert_id(rule_id, subject_type, period_start_date, subject_id) -%}
    left(md5({{ rule_id }} || '|' || {{ subject_type }} || '|' || cast({{ period_start_date }} as string) || '|' || {{ subject_id }}), 12)
{%- endmacro %}
