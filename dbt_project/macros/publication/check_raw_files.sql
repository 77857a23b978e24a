{# Stops the run before it changes anything when a raw file is absent, truncated or lacks a column; lands the files of
   the sources that are on. #}
{% macro check_raw_files() -%}
    {{ return(adapter.dispatch('check_raw_files')()) }}
{%- endmacro %}

{% macro default__check_raw_files() -%}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {% set problems = run_query("select check_raw_files('" ~ env_var('FINOPS_RAW_DIR', 'data/raw') | replace("'", "''") ~ "', '" ~ var('sources') | join(',') | replace("'", "''") ~ "') as problems").columns[0].values()[0] %}
        {% if problems %}
            {{ exceptions.raise_compiler_error("The raw data cannot be read; nothing was changed.\n" ~ problems) }}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Spark refuses such a file itself when it reads it. #}
{% macro spark__check_raw_files() -%}{%- endmacro %}
