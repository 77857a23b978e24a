{# Columns as one JSON object in text, for records that must be kept as they came: a mapping from name to column. #}
{% macro json_record(columns) -%}
    {{ return(adapter.dispatch('json_record')(columns)) }}
{%- endmacro %}
{% macro default__json_record(columns) -%}
    cast(json_object({% for name, column in columns.items() %}'{{ name }}', {{ column }}{{ ', ' if not loop.last }}{% endfor %}) as varchar)
{%- endmacro %}
{# No money at all is 0E-12 to Spark. #}
{% macro spark__json_record(columns) -%}
    replace(to_json(named_struct({% for name, column in columns.items() %}'{{ name }}', {{ column }}{{ ', ' if not loop.last }}{% endfor %}), map('ignoreNullFields', 'false')), ':0E-12', ':0.000000000000')
{%- endmacro %}

{# A name that was read as a literal: whatever stands in it, it is that name and no SQL. #}
{% macro text_literal(value) -%}
    {{ return(adapter.dispatch('text_literal')(value)) }}
{%- endmacro %}
{% macro default__text_literal(value) -%}'{{ _quoted(value) }}'{%- endmacro %}
{% macro spark__text_literal(value) -%}{{ spark_literal(value) }}{%- endmacro %}

{# string_agg in a stated order; null of nothing. #}
{% macro string_agg_sorted(value, separator=',', by=none) -%}
    {{ return(adapter.dispatch('string_agg_sorted')(value, separator, by or value)) }}
{%- endmacro %}
{% macro default__string_agg_sorted(value, separator, by) -%}string_agg({{ value }}, '{{ separator }}' order by {{ by }}){%- endmacro %}
{% macro spark__string_agg_sorted(value, separator, by) -%}
    case
        when count({{ value }}) > 0
            then array_join(
                transform(
                    array_sort(collect_list(case when {{ value }} is not null then named_struct('place', {{ by }}, 'value', {{ value }}) end)), part -> part.value
                ), '{{ separator }}'
            )
    end
{%- endmacro %}

{# One field of a JSON object in text, as text; null where the text is none. #}
{% macro json_text(json, field) -%}
    {{ return(adapter.dispatch('json_text')(json, field)) }}
{%- endmacro %}
{% macro default__json_text(json, field) -%}case when json_valid({{ json }}) then json_extract_string({{ json }}, '$.{{ field }}') end{%- endmacro %}
{% macro spark__json_text(json, field) -%}get_json_object({{ json }}, '$.{{ field }}'){%- endmacro %}

{# Whether a regular expression finds something in the text. #}
{% macro regex_found(value, pattern) -%}
    {{ return(adapter.dispatch('regex_found')(value, pattern)) }}
{%- endmacro %}
{% macro default__regex_found(value, pattern) -%}regexp_matches({{ value }}, {{ pattern }}){%- endmacro %}
{% macro spark__regex_found(value, pattern) -%}{{ value }} rlike {{ pattern }}{%- endmacro %}

{# A text without what a regular expression finds in it, wherever that stands. #}
{% macro regex_removed(value, pattern) -%}
    {{ return(adapter.dispatch('regex_removed')(value, pattern)) }}
{%- endmacro %}
{% macro default__regex_removed(value, pattern) -%}regexp_replace({{ value }}, {{ pattern }}, '', 'g'){%- endmacro %}
{% macro spark__regex_removed(value, pattern) -%}regexp_replace({{ value }}, {{ pattern }}, ''){%- endmacro %}

{# A 64-bit number made of a value or several, within one build only: engines and their versions differ. #}
{% macro quick_digest(values) -%}
    {{ return(adapter.dispatch('quick_digest')(values)) }}
{%- endmacro %}
{% macro default__quick_digest(values) -%}hash({{ values }}){%- endmacro %}
{% macro spark__quick_digest(values) -%}xxhash64({{ values }}){%- endmacro %}

{# One row for each part of a text that a separator of plain characters divides. #}
{% macro split_to_rows(value, separator) -%}
    {{ return(adapter.dispatch('split_to_rows')(value, separator)) }}
{%- endmacro %}
{% macro default__split_to_rows(value, separator) -%}unnest(string_split({{ value }}, '{{ separator }}')){%- endmacro %}
{% macro spark__split_to_rows(value, separator) -%}explode(split({{ value }}, '{{ separator }}')){%- endmacro %}

{# One row for each field of a JSON object in text, with `key` and `value`; none for a text that is no such object. #}
{% macro json_object_rows(json) -%}
    {{ return(adapter.dispatch('json_object_rows')(json)) }}
{%- endmacro %}
{% macro default__json_object_rows(json) -%}unnest(map_entries(try_cast(try_cast({{ json }} as json) as map(varchar, varchar)))){%- endmacro %}
{% macro spark__json_object_rows(json) -%}explode(map_entries(from_json({{ json }}, 'map<string,string>'))){%- endmacro %}

{# At which character a part first stands in a text, from 1; 0 where it does not. #}
{% macro place_in_text(text, part) -%}
    {{ return(adapter.dispatch('place_in_text')(text, part)) }}
{%- endmacro %}
{% macro default__place_in_text(text, part) -%}strpos({{ text }}, {{ part }}){%- endmacro %}
{% macro spark__place_in_text(text, part) -%}instr({{ text }}, {{ part }}){%- endmacro %}

{# How many letters must be put in, taken out or changed to make one text of the other; null of a text with letters outside ASCII,
   which one engine counts by bytes. #}
{% macro edit_distance(text, other) -%}
    {{ return(adapter.dispatch('edit_distance')(text, other)) }}
{%- endmacro %}
{% macro default__edit_distance(text, other) -%}
    case when strlen({{ text }}) = length({{ text }}) and strlen({{ other }}) = length({{ other }}) then levenshtein({{ text }}, {{ other }}) end
{%- endmacro %}
{% macro spark__edit_distance(text, other) -%}
    case when octet_length({{ text }}) = length({{ text }}) and octet_length({{ other }}) = length({{ other }}) then levenshtein({{ text }}, {{ other }}) end
{%- endmacro %}

{# The letters of a text in the order of the alphabet: two texts with the same ones differ by their order alone. #}
{% macro letters_sorted(text) -%}
    {{ return(adapter.dispatch('letters_sorted')(text)) }}
{%- endmacro %}
{% macro default__letters_sorted(text) -%}
    list_sort(string_split({{ text }}, ''))
{%- endmacro %}
{% macro spark__letters_sorted(text) -%}
    array_sort(split({{ text }}, ''))
{%- endmacro %}

{# A count as a reader writes it: 12,345. #}
{% macro count_text(value) -%}
    {{ return(adapter.dispatch('count_text')(value)) }}
{%- endmacro %}
{% macro default__count_text(value) -%}format('{:,}', {{ value }}){%- endmacro %}
{% macro spark__count_text(value) -%}format_number({{ value }}, 0){%- endmacro %}
