{# one row per call record of the sources that are on, in the columns of stg_raw__calls, nothing judged yet.
   Another source that is off is left out of the SQL, so that it costs nothing. #}

{{ config(materialized='view') }}

{# Folder under data/raw: its call records. #}
{% set other_sources = {} %}

with records as (

    select * from {{ ref('stg_raw__calls') }}
    {%- for source_name, records in other_sources.items() if source_name in var('sources') %}
    union all
    select * from {{ records }}
    {%- endfor %}

)

select * from records
