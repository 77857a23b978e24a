{# How alike two texts are, from 0 to 1: the share of letters that stay. #}
{% macro likeness(text, other) -%}
    {%- set edits = edit_distance(text, other) -%}
    (
        1 - cast({{ edits }} - case when {{ edits }} = 2 and {{ letters_sorted(text) }} = {{ letters_sorted(other) }} then 1 else 0 end as double)
        / greatest(length({{ text }}), length({{ other }}), 1)
    )
{%- endmacro %}

{# Whether a value is the one that a row of the seed tag_values allows, in which one `*` stands for any text. #}
{% macro is_allowed(value, allowed) -%}
    case
        when {{ place_in_text(allowed, "'*'") }} = 0 then {{ value }} = {{ allowed }}
        else
            length({{ value }}) >= length({{ allowed }}) - 1
            and left({{ value }}, length(split_part({{ allowed }}, '*', 1))) = split_part({{ allowed }}, '*', 1)
            and right({{ value }}, length(split_part({{ allowed }}, '*', 2))) = split_part({{ allowed }}, '*', 2)
    end
{%- endmacro %}

{# A text as the case rule of its provider has it written. #}
{% macro in_case(text, letter_case) -%}
    case when {{ letter_case }} = 'exact' then {{ text }} else lower({{ text }}) end
{%- endmacro %}
