{# The days whose files changed since the last published build, as a condition on the partition column.
   Literals, not a sub-query: only they let both engines skip the files of all other days.
   A table that is made from nothing, alone or with the others, has all days. #}
{% macro is_touched_day(column_name) -%}
    {%- set raw_days_ref = ref('int_raw_days') -%}
    {%- set raw_days = load_relation(raw_days_ref) if execute else none -%}
    {%- set is_made_anew = execute and model.config.materialized == 'incremental' and not is_incremental() -%}
    {%- if raw_days -%}
        {%- do unsettle_days(raw_days, is_made_anew) -%}
    {%- endif -%}
    {%- if not raw_days or is_made_anew -%}
        1 = 1
    {%- else -%}
        {{ is_one_of_days(column_name, run_query('select day_date from ' ~ raw_days ~ ' where is_touched order by day_date').columns[0].values()) }}
    {%- endif -%}
{%- endmacro %}

{# The days whose files changed and which the look-back leaves as they are, as a condition on a day column. #}
{% macro is_day_left_alone(column_name) -%}
    {%- set raw_days_ref = ref('int_raw_days') -%}
    {%- if execute and load_relation(raw_days_ref) -%}
        {{ is_one_of_days(column_name, run_query('select day_date from ' ~ raw_days_ref ~ ' where is_changed and not is_touched order by day_date').columns[0].values()) }}
    {%- else -%}
        1 = 0
    {%- endif -%}
{%- endmacro %}

{# Notes the days that a model is about to change. Until a build is published they count as changed, whatever their files
   are by then: what a run left in the tables that did not get so far is of files that may be gone again. #}
{% macro unsettle_days(raw_days, is_made_anew) -%}
    {% if execute and flags.WHICH in ('build', 'run') %}
        {% do append_rows(
            unsettled_days_relation(),
            'select day_date from ' ~ raw_days ~ (' union select partition_date from ' ~ _intermediate_table('int_call_files') if is_made_anew else ' where is_touched')
            ~ ' except select day_date from ' ~ unsettled_days_relation()
        ) %}
    {% endif %}
{%- endmacro %}

{% macro unsettled_days_relation() -%}
    {{ return(_intermediate_table('unsettled_days')) }}
{%- endmacro %}

{# Where the fingerprints of the days in the last published build are kept. #}
{% macro loaded_days_relation() -%}
    {{ return(_intermediate_table('loaded_days')) }}
{%- endmacro %}

{# Where the list prices of the last published build are kept. #}
{% macro loaded_prices_relation() -%}
    {{ return(_intermediate_table('loaded_prices')) }}
{%- endmacro %}

{# What a row of int_list_price_rows says of prices. #}
{% macro price_row_columns() -%}
    {{ return([
        'provider', 'model', 'service_tier', 'token_class', 'min_input_tokens', 'valid_from', 'recorded_on', 'weekdays', 'hours_utc',
        'usd_per_million_tokens',
    ]) }}
{%- endmacro %}

{% macro _intermediate_table(name) -%}
    {{ return(api.Relation.create(database=target.get('database'), schema='intermediate', identifier=name, type='table')) }}
{%- endmacro %}

{# What the next build compares with, to know what it has to do. #}
{% macro remember_build() -%}
    {% do remember_layout() %}
    {% do remember_loaded_days() %}
    {% do replace_table(loaded_prices_relation(), 'select ' ~ price_row_columns() | join(', ') ~ ' from ' ~ _intermediate_table('int_list_price_rows')) %}
    {% do remember_loaded_inputs() %}
    {% do replace_table(published_days_relation(), frozen_days('frozen_folder()')) %}
    {% do empty_table(unsettled_days_relation()) %}
    {% do drop_what_nothing_makes() %}
{%- endmacro %}

{# A changed day beyond the look-back was not rebuilt: it keeps no fingerprint, so every build reports it again. #}
{% macro remember_loaded_days() -%}
    {% do replace_table(
        loaded_days_relation(),
        'select day_date, case when is_changed and not is_touched then null else fingerprint end as fingerprint '
        ~ 'from ' ~ _intermediate_table('int_raw_days') ~ ' where file_count > 0 or not is_touched'
    ) %}
{%- endmacro %}

{# The days that a table which is filled day by day gets anew, as a condition on its day column. What reads int_dated_inputs
   stands below the daily usage, and has more reasons to change than files; calls told over midnights say which days are touched. #}
{% macro is_day_to_replace(column_name) -%}
    {%- if model.name == 'int_calls_over_midnight' -%}
        {{ is_midnight_to_tell(column_name) }}
    {%- else -%}
        {{ is_changed_day(column_name) if 'model.ai_finops.int_dated_inputs' in model.depends_on.nodes else is_touched_day(column_name) }}
    {%- endif -%}
{%- endmacro %}

{# Incremental strategy: these days are taken out and put in anew, in one transaction. Unlike delete+insert it also empties a
   day whose files are gone. `unique_key` names the day column. Spark's way is in macros/spark/days.sql. #}
{% macro get_incremental_replace_days_sql(arg_dict) -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ is_day_to_replace(arg_dict['unique_key']) }};

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
