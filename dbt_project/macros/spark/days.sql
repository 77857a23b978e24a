{# Strategy replace_days on Spark: the partitions of the days to replace are dropped, then those that have rows are written. An
   insert overwrite alone leaves a day in place whose files are gone. `unique_key` names the day column, which is the partition.
   Not one step: until the build is published its days count as changed (unsettle_days), so a killed one does them again.

   The macros here take the place of dbt-spark's of the same names. #}
{% macro dbt_spark_get_incremental_sql(strategy, source, target, existing, unique_key, incremental_predicates) -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='quoted') | join(', ') -%}
    {%- set partitions = [] -%}
    {%- for day in run_query('select distinct ' ~ unique_key ~ ' from ' ~ target ~ ' where ' ~ is_day_to_replace(unique_key)).columns[0].values() -%}
        {%- do partitions.append('partition (' ~ unique_key ~ " = '" ~ day ~ "')") -%}
    {%- endfor -%}
    {%- if partitions -%}
        {%- do run_query('alter table ' ~ target ~ ' drop if exists ' ~ partitions | join(', ')) -%}
    {%- endif -%}
    insert overwrite table {{ target }} partition ({{ unique_key }})
    select {{ columns }} from {{ source }}
{%- endmacro %}

{# dbt-spark knows its own strategies only; there is one here. #}
{% macro dbt_spark_validate_get_incremental_strategy(raw_strategy, file_format) -%}
    {{ return(raw_strategy) }}
{%- endmacro %}

{# A table that is filled day by day is partitioned by the day. #}
{% macro spark__partition_cols(label, required=false) -%}
    {%- if config.get('materialized') == 'incremental' -%}
        {{ label }} ({{ config.get('unique_key') }})
    {%- endif -%}
{%- endmacro %}
