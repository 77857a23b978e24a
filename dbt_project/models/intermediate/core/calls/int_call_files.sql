{# one row per file of call records x UTC day that it has records of, with what tells whether it changed #}

{{ config(materialized='view') }}

with raw_files as (

    select * from {{ ref('stg_raw__call_files') }}
    {{ 'where 1 = 0' if 'calls' not in var('sources') }}

),

over_midnight as (

    select * from {{ ref('int_calls_over_midnight') }}

),

files as (

    select
        partition_date,
        file_key || ':' || cast(size_bytes as string) || ':' || cast(modified_at as string) as file_version
    from raw_files
    union all
    {# A record of another day may say which records of this one count, and at what charge. #}
    select
        partition_date,
        'over midnight:' || md5({{ string_agg_sorted("call_id || '|' || cast(midnight_date as string) || '|' || cast(counted_date as string) || '|' || cast(is_parted as string)") }}) as file_version
    from over_midnight
    group by partition_date
    {%- for source_name in landed_call_sources() %}
    union all
    select distinct
        partition_date,
        file_version
    from {{ ref('stg_' ~ source_name ~ '__calls') }}
    {%- endfor %}
    {%- if landed_call_sources() %}
    union all
    select
        partition_date,
        'settled:' || settled_digest as file_version
    from {{ ref('int_call_records_settled_daily') }}
    {%- endif %}

)

select * from files
