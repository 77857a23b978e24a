{# one row per call record that repeats what the records below it tell: an agent, a chain, a framework around the call #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with records as (

    select * from {{ ref('int_call_records_identified') }}

),

nested as (

    select * from {{ ref('int_call_records_nested') }}

),

below as (

    select
        nested.above_record_id,
        count(*) as records,
        bool_or(records.has_usage) as has_usage,
        bool_or(coalesce(records.billed_cost_usd, 0) <> 0) as has_cost
    from nested
    inner join records on nested.record_id = records.record_id
    group by nested.above_record_id

),

{# What decides is what is below, not a name. Below a record without usage of its own, and below one that says that it is
   an agent or the like, a charge without usage is enough. #}
wrappers as (

    select
        records.record_id,
        case when records.record_kind = 'wrapper' or below.records > 1 then 'wrapper' else 'nested' end as cause,
        below.has_usage as has_usage_below
    from records
    inner join below on records.record_id = below.above_record_id
    where below.has_usage or (below.has_cost and (records.record_kind = 'wrapper' or not records.has_usage))

)

select * from wrappers
