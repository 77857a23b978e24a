{# Stops the run before it changes anything when the variable as_of_date is no day. #}
{% macro check_as_of_date() -%}
    {% set chosen = var('as_of_date') | string %}
    {% if chosen != 'latest' and not modules.re.fullmatch('[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', chosen) %}
        {{ exceptions.raise_compiler_error(
            "The variable as_of_date is '" ~ chosen ~ "'; nothing was changed.\nWrite latest, or a day: --vars '{as_of_date: \"2026-09-30\"}'"
        ) }}
    {% endif %}
{%- endmacro %}
