{# Whether a name, in lower case, is what a rule of price_book_names means. #}
{% macro is_named_by(name, rule) -%}
    case {{ rule }}.match_kind
        when 'equals' then {{ name }} = {{ rule }}.pattern
        when 'starts_with' then substring({{ name }}, 1, length({{ rule }}.pattern)) = {{ rule }}.pattern
        when 'ends_with' then right({{ name }}, length({{ rule }}.pattern)) = {{ rule }}.pattern
        when 'contains' then replace({{ name }}, {{ rule }}.pattern, '') <> {{ name }}
        when 'regex' then {{ regex_found(name, rule ~ '.pattern') }}
    end
    and case when {{ rule }}.except_regex is not null then not {{ regex_found(name, rule ~ '.except_regex') }} else true end
{%- endmacro %}
