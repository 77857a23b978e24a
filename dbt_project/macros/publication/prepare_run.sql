{# Before a run changes anything: checks variables and raw files, lands and freezes the files of the sources that are on.
   A run that is refused says why in one line, and everything stays as it was. #}
{% macro prepare_run() -%}
    {{ return(adapter.dispatch('prepare_run')()) }}
{%- endmacro %}

{% macro default__prepare_run() -%}
    {% if execute %}
        {% if is_to_be_published() %}
            {% do note_attempt('running') %}
        {% endif %}
        {% set problems = _answer("check_variables('" ~ _quoted(toyaml(invocation_args_dict.get('vars') or {})) ~ "')") %}
        {% if problems %}
            {% do refuse('Nothing was changed: ' ~ problems) %}
        {% endif %}
        {% if flags.WHICH in ('build', 'run') %}
            {% do check_layout() %}
            {% set raw_dir = _quoted(env_var('FINOPS_RAW_DIR', 'data/raw')) %}
            {% set problems = _answer("check_raw_files('" ~ raw_dir ~ "', '" ~ var('sources') | join(',') ~ "')") %}
            {% if problems %}
                {% do refuse('The raw data cannot be read; nothing was changed.\n' ~ problems) %}
            {% endif %}
            {% set folder = _quoted(_answer("freeze_files('" ~ raw_dir ~ "')")) %}
            {% do check_as_of_date(folder) %}
            {% do check_removed_days(folder) %}
            {% do run_query("create or replace macro frozen_folder() as '" ~ folder ~ "'") %}
            {% do run_query('create schema if not exists intermediate') %}
            {% do run_query('create table if not exists ' ~ unsettled_days_relation() ~ ' (day_date date)') %}
            {% do run_query('create table if not exists ' ~ changed_days_relation() ~ ' (from_date date, to_date date)') %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Spark refuses a file that it cannot read itself; a table keeps its files while they are read. #}
{% macro spark__prepare_run() -%}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {% do check_layout() %}
        {% do run_query('create schema if not exists intermediate') %}
        {% do run_query('create table if not exists ' ~ unsettled_days_relation() ~ ' (day_date date)') %}
        {% do run_query('create table if not exists ' ~ changed_days_relation() ~ ' (from_date date, to_date date)') %}
    {% endif %}
{%- endmacro %}

{# Ends the run, and says so to who reads the pages. #}
{% macro refuse(message) -%}
    {% if is_to_be_published() %}
        {% do note_attempt('failed', message) %}
    {% endif %}
    {{ exceptions.raise_compiler_error(message) }}
{%- endmacro %}

{# What became of the last build, beside the published file. #}
{% macro note_attempt(outcome, problem='') -%}
    {% do _answer("note_attempt('" ~ outcome ~ "', '" ~ _quoted(problem) ~ "')") %}
{%- endmacro %}

{% macro _answer(call) -%}
    {{ return(run_query('select ' ~ call ~ ' as answer').columns[0].values()[0]) }}
{%- endmacro %}

{% macro _quoted(text) -%}
    {{ return(text | string | replace("'", "''")) }}
{%- endmacro %}
