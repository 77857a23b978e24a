{# Before a run changes anything: checks variables and raw files, lands and freezes the files of the sources that are on.
   A run that is refused says why in one line, and everything stays as it was. #}
{% macro prepare_run() -%}
    {% if execute and is_ours_selected() %}
        {% if is_package() %}
            {% do check_profile() %}
        {% endif %}
        {% if is_to_be_published() %}
            {% do note_attempt('running') %}
        {% endif %}
        {% do check_variables() %}
        {% do check_seeds() %}
        {% if flags.WHICH in ('build', 'run') %}
            {% do check_layout() %}
            {% set folder = land_raw_files() %}
            {% do check_as_of_date(folder) %}
            {% do check_removed_days(folder) %}
            {% do read_frozen_files(folder) %}
            {% do run_query('create schema if not exists intermediate') %}
            {% if not load_relation(unsettled_days_relation()) %}
                {% do replace_table(unsettled_days_relation(), 'select cast(null as date) as day_date where 1 = 0') %}
            {% endif %}
            {% if not load_relation(changed_days_relation()) %}
                {% do replace_table(changed_days_relation(), 'select cast(null as date) as from_date, cast(null as date) as to_date where 1 = 0') %}
            {% endif %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Whether another project has this one in its packages.yml: then it is a guest in that project's database. #}
{% macro is_package() -%}
    {{ return(project_name != 'ai_finops') }}
{%- endmacro %}

{# A project with models of its own may run them alone: nothing is landed then, and nothing of ours can stop it. #}
{% macro is_ours_selected() -%}
    {{ return(not is_package() or '.ai_finops.' in (selected_resources | join(' '))) }}
{%- endmacro %}

{# What the profile of another project must have, in words that can be pasted into it. #}
{% macro check_profile() -%}
    {{ return(adapter.dispatch('check_profile')()) }}
{%- endmacro %}
{% macro default__check_profile() -%}
    {% if not run_query("select 1 from duckdb_functions() where function_name = 'check_variables' limit 1").rows %}
        {{ exceptions.raise_compiler_error(
            "Nothing was changed: the package ai_finops lands files by a plugin that the profile lacks. Below the output '" ~ target.name
            ~ "' of profiles.yml, add: plugins: [{module: dbt_project.plugins.warehouse_files, config: {warehouse_dir: \"{{ env_var('FINOPS_WAREHOUSE_DIR', 'warehouse') }}\"}}]"
        ) }}
    {% endif %}
    {% set zone = run_query("select current_setting('TimeZone') as zone").columns[0].values()[0] %}
    {% if zone not in ('UTC', 'Etc/UTC') %}
        {% do refuse('Nothing was changed: days of ai_finops are UTC, and the connection is in ' ~ zone ~ '. Below the output ' ~ target.name ~ ' of profiles.yml, add: settings: {TimeZone: UTC}') %}
    {% endif %}
{%- endmacro %}
{% macro spark__check_profile() -%}{%- endmacro %}

{# `python -m dbt_project.spark` has checked, landed and frozen before dbt begins: a cluster cannot call Python. #}
{% macro check_variables() -%}
    {{ return(adapter.dispatch('check_variables')()) }}
{%- endmacro %}
{% macro default__check_variables() -%}
    {% set given = invocation_args_dict.get('vars') or {} %}
    {% if is_package() %}
        {# Those of the command are the other project's, too; what counts here is what our models see. #}
        {% set given = {} %}
        {% for name in _answer('variable_names()').split(',') %}
            {% do given.update({name: var(name)}) %}
        {% endfor %}
    {% endif %}
    {% set problems = _answer("check_variables('" ~ _quoted(toyaml(given)) ~ "')") %}
    {% if problems %}
        {% do refuse('Nothing was changed: ' ~ problems) %}
    {% endif %}
{%- endmacro %}
{% macro spark__check_variables() -%}
    {% if flags.WHICH in ('build', 'run') and not env_var('FINOPS_FROZEN_DIR', '') %}
        {% do refuse('Nothing was changed: on Spark a build begins with `python -m dbt_project.spark build`, which lands the files and keeps ANSI on') %}
    {% endif %}
{%- endmacro %}

{# An engine rounds a fraction in a whole number, and says of a day that there is none without its line. #}
{% macro check_seeds() -%}
    {{ return(adapter.dispatch('check_seeds')()) }}
{%- endmacro %}
{% macro default__check_seeds() -%}
    {% set files = [] %}
    {% for seed in selected_resources if seed.startswith('seed.ai_finops.') and flags.WHICH in ('build', 'seed') %}
        {% do files.append(graph.nodes[seed].root_path ~ '/' ~ graph.nodes[seed].original_file_path) %}
    {% endfor %}
    {% set problems = _answer("check_seeds('" ~ _quoted(tojson(files)) ~ "')") if files %}
    {% if problems %}
        {% do refuse('The seeds cannot be meant as they are; nothing was changed.\n' ~ problems) %}
    {% endif %}
{%- endmacro %}
{% macro spark__check_seeds() -%}{%- endmacro %}

{# The folder with the files of this build. #}
{% macro land_raw_files() -%}
    {{ return(adapter.dispatch('land_raw_files')()) }}
{%- endmacro %}
{% macro default__land_raw_files() -%}
    {% set raw_dir = _quoted(env_var('FINOPS_RAW_DIR', 'data/raw')) %}
    {% set problems = _answer("check_raw_files('" ~ raw_dir ~ "', '" ~ var('sources') | join(',') ~ "', '" ~ var('pseudonymised') | join(',') ~ "')") %}
    {% if problems %}
        {% do refuse('The raw data cannot be read; nothing was changed.\n' ~ problems) %}
    {% endif %}
    {{ return(_quoted(_answer("freeze_files('" ~ raw_dir ~ "')"))) }}
{%- endmacro %}
{% macro spark__land_raw_files() -%}
    {{ return(env_var('FINOPS_FROZEN_DIR')) }}
{%- endmacro %}

{# From here on the sources are the files in the folder. #}
{% macro read_frozen_files(folder) -%}
    {{ return(adapter.dispatch('read_frozen_files')(folder)) }}
{%- endmacro %}
{% macro default__read_frozen_files(folder) -%}
    {% do run_query("create or replace macro frozen_folder() as '" ~ folder ~ "'") %}
{%- endmacro %}
{% macro spark__read_frozen_files(folder) -%}
    {% for statement in fromjson(env_var('FINOPS_SPARK_SOURCES')) %}
        {% do run_query(statement) %}
    {% endfor %}
{%- endmacro %}

{# Ends the run, and says so to who reads the pages. #}
{% macro refuse(message) -%}
    {% if is_to_be_published() %}
        {% do note_attempt('failed', message) %}
    {% endif %}
    {{ exceptions.raise_compiler_error(message) }}
{%- endmacro %}

{# What became of the last build, beside the published file; on Spark the command writes it. #}
{% macro note_attempt(outcome, problem='') -%}
    {{ return(adapter.dispatch('note_attempt')(outcome, problem)) }}
{%- endmacro %}
{% macro default__note_attempt(outcome, problem='') -%}
    {% do _answer("note_attempt('" ~ outcome ~ "', '" ~ _quoted(problem) ~ "')") %}
{%- endmacro %}
{% macro spark__note_attempt(outcome, problem='') -%}{%- endmacro %}

{% macro _answer(call) -%}
    {{ return(run_query('select ' ~ call ~ ' as answer').columns[0].values()[0]) }}
{%- endmacro %}

{% macro _quoted(text) -%}
    {{ return(text | string | replace("'", "''")) }}
{%- endmacro %}
