{# one row per call record that no better one tells, with its charge where it or a copy of it states one #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with records as (

    select * from {{ ref('int_call_records_identified') }}

),

matched as (

    select * from {{ ref('int_call_records_matched') }}

),

{# An earlier state of a record, and one that only reads the answer again, state another charge. #}
stated as (

    select
        coalesce(matched.counted_record_id, records.record_id) as record_id,
        records.record_id as stating_record_id,
        records.billed_cost_usd,
        row_number() over (
            partition by coalesce(matched.counted_record_id, records.record_id)
            order by
                case when matched.record_id is null then 0 else 1 end, case when records.billed_cost_usd <> 0 then 0 else 1 end,
                records.source_name, records.record_id
        ) as rank_in_record
    from records
    left join matched on records.record_id = matched.record_id
    where records.billed_cost_usd is not null and coalesce(matched.cause, '') not in ('older_version', 'reread')

),

known as (

    select
        record_id,
        stating_record_id,
        billed_cost_usd
    from stated
    where rank_in_record = 1

)

select * from known
