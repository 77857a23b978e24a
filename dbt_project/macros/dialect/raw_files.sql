{# One row per raw call file: file_name, size_bytes, modified_at. Reads the file system, not the files. #}
{% macro raw_call_files() -%}
    {{ return(adapter.dispatch('raw_call_files')()) }}
{%- endmacro %}

{% macro default__raw_call_files() -%}
    select
        {{ raw_file_name() }} as file_name,
        size as size_bytes,
        cast(last_modified as timestamp) as modified_at
    from read_blob(frozen_folder() || '/calls/date=*/*.parquet')
    where filename not like '%/date=1970-01-01/contract.parquet'
{%- endmacro %}

{% macro spark__raw_call_files() -%}
    select
        {{ _spark_raw_file_name('path') }} as file_name,
        length as size_bytes,
        cast(modificationTime as timestamp) as modified_at
    from binaryFile.`{{ env_var('FINOPS_FROZEN_DIR', '') }}/calls/date=*/*.parquet`
    where path not like '%/date=1970-01-01/contract.parquet'
{%- endmacro %}

{# The name of the file that a raw row came from, not that of the link to it. #}
{% macro raw_file_name() -%}
    {{ return(adapter.dispatch('raw_file_name')()) }}
{%- endmacro %}
{% macro default__raw_file_name() -%}
    replace(filename, frozen_folder() || '/', '{{ _quoted(env_var('FINOPS_RAW_DIR', 'data/raw')) }}/')
{%- endmacro %}
{% macro spark__raw_file_name() -%}{{ _spark_raw_file_name('_metadata.file_path') }}{%- endmacro %}
{% macro _spark_raw_file_name(path) -%}
    regexp_replace({{ path }}, '^.*/build/frozen/[0-9]+/', {{ spark_literal(env_var('FINOPS_RAW_DIR', 'data/raw') ~ '/') }})
{%- endmacro %}

{# Whether the raw calls are the generator's: it leaves a marker beside them. #}
{% macro holds_generated_calls() -%}
    {{ return(execute and 'calls' in var('sources') and adapter.dispatch('holds_generated_calls')()) }}
{%- endmacro %}
{% macro default__holds_generated_calls() -%}
    {{ return(run_query("select count(*) from glob('" ~ _quoted(env_var('FINOPS_RAW_DIR', 'data/raw')) ~ "/_generated.json')").columns[0].values()[0] > 0) }}
{%- endmacro %}
{# A file whose name begins with an underscore is hidden from Spark: there, who landed the files says it. #}
{% macro spark__holds_generated_calls() -%}
    {{ return(env_var('FINOPS_HOLDS_GENERATED_CALLS', '') == 'yes') }}
{%- endmacro %}
