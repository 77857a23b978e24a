{# The midnight that a time is nearer to, as the day that begins with it. #}
{% macro nearer_midnight(called_at, partition_date) -%}
    case when extract(hour from {{ called_at }}) < 12 then {{ partition_date }} else {{ partition_date }} + 1 end
{%- endmacro %}

{# Whether a record is one of a call that was told over a midnight (int_calls_over_midnight): every record of its day with that
   id, or the nearer ones where another call with that id was told over the day's other midnight. #}
{% macro is_told_over(record, call) -%}
    {{ record }}.partition_date = {{ call }}.partition_date
    and {{ record }}.call_id = {{ call }}.call_id
    and (not {{ call }}.is_parted or {{ nearer_midnight(record ~ '.called_at', record ~ '.partition_date') }} = {{ call }}.midnight_date)
{%- endmacro %}
