{# one row per call record around others x call that counts below it #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with nested as (

    select * from {{ ref('int_call_records_nested') }}

),

wrappers as (

    select * from {{ ref('int_call_wrappers') }}

),

matched as (

    select * from {{ ref('int_call_records_matched') }}

),

contents as (

    select
        nested.above_record_id as wrapper_id,
        coalesce(matched.counted_record_id, nested.record_id) as record_id,
        min(nested.steps) as steps
    from nested
    semi join wrappers on nested.above_record_id = wrappers.record_id
    anti join wrappers as inner_wrappers on nested.record_id = inner_wrappers.record_id
    left join matched on nested.record_id = matched.record_id
    where matched.record_id is null or matched.counted_record_id is not null
    group by 1, 2

)

select * from contents
