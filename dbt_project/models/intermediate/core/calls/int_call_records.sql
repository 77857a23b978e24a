{# one row per call record of the sources that are on, in the columns of stg_raw__calls, nothing judged yet.
   Another source that is off is left out of the SQL, so that it costs nothing. #}

{{ config(materialized='view') }}

{% set columns = call_record_columns() | join(', ') %}

with records as (

    select {{ columns }} from {{ ref('stg_raw__calls') }}
    {{ 'where 1 = 0' if 'calls' not in var('sources') }}
    {%- for source_name in landed_call_sources() %}
    union all
    select {{ columns }} from {{ ref('stg_' ~ source_name ~ '__calls') }}
    {%- endfor %}

)

select * from records
