{# one row per Langfuse observation of the files, as often as they hold it: which observation it lies within #}

{{ config(enabled='langfuse' in var('sources')) }}

with observations as (

    select * from {{ source('langfuse', 'observations') }}

),

named as (

    select
        partition_date,
        file_name,
        id as observation_id,
        parent_observation_id,
        trace_id
    from observations
    where line_problem is null

)

select * from named
