{# one row per call record of another tool's export that does not count as it came: it tells a call once more, or a call
   gets from such records what they alone know. All of history, so that each day can be held against it. #}

{{ config(enabled=landed_call_sources() | length > 0) }}

{% set attributes = lent_attributes() %}

with records as (

    select * from {{ ref('int_call_records_identified') }}

),

nested as (

    select * from {{ ref('int_call_records_nested') }}

),

matched as (

    select * from {{ ref('int_call_records_matched') }}

),

wrappers as (

    select * from {{ ref('int_call_wrappers') }}

),

contents as (

    select * from {{ ref('int_call_wrapper_contents') }}

),

passed as (

    select * from {{ ref('int_call_costs_passed') }}

),

validated as (

    select * from {{ ref('int_calls_validated') }}
    where source_name <> 'calls' and rejection_reason is null

),

{# The nearest first: records of the call itself, then those around it. #}
tellers as (

    select
        counted_record_id as record_id,
        record_id as telling_record_id,
        0 as steps
    from matched
    where counted_record_id is not null
    union all
    select
        record_id,
        wrapper_id as telling_record_id,
        steps
    from contents
    union all
    select
        nested.record_id,
        nested.above_record_id as telling_record_id,
        nested.steps
    from nested
    semi join wrappers on nested.record_id = wrappers.record_id

),

ordered as (

    select
        *,
        row_number() over (partition by record_id order by steps, telling_record_id) as nearness
    from tellers

),

attributes as (

    select
        ordered.record_id,
        {{ nearest_attributes() }}
    from ordered
    inner join validated on ordered.telling_record_id = validated.record_id
    group by ordered.record_id

),

flows as (

    select
        record_id,
        case when stating_record_id <> record_id then cost_usd end as received_usd,
        cast(null as decimal(28, 12)) as passed_usd,
        cost_usd as own_charge_usd
    from passed
    union all
    select
        stating_record_id as record_id,
        cast(null as decimal(28, 12)) as received_usd,
        cost_usd as passed_usd,
        cast(null as decimal(28, 12)) as own_charge_usd
    from passed
    where stating_record_id <> record_id

),

moved as (

    select
        record_id,
        {{ money('coalesce(sum(received_usd), 0)') }} as received_usd,
        {{ money('coalesce(sum(passed_usd), 0)') }} as passed_usd,
        {{ money('sum(own_charge_usd)') }} as own_charge_usd
    from flows
    group by record_id

),

judged as (

    select
        records.source_name,
        records.partition_date,
        records.record_id,
        records.file_name,
        records.line_number,
        records.call_id,
        records.provider as stated_provider,
        coalesce(matched.cause, wrappers.cause) as cause,
        matched.counted_record_id,
        matched.record_id is null and (wrappers.record_id is null or moved.own_charge_usd is not null) as is_counted,
        wrappers.record_id is not null and wrappers.has_usage_below as is_without_usage,
        records.billed_cost_usd as stated_cost_usd,
        case
            when matched.record_id is not null then null
            when wrappers.record_id is not null then moved.own_charge_usd
            when moved.own_charge_usd is not null and records.billed_cost_usd is null then moved.own_charge_usd
            else records.billed_cost_usd
        end as billed_cost_usd,
        coalesce(moved.received_usd, {{ money(0) }}) as received_cost_usd,
        coalesce(moved.passed_usd, {{ money(0) }}) as passed_cost_usd,
        attributes.{{ attributes | join(', attributes.') }}
    from records
    left join matched on records.record_id = matched.record_id
    left join wrappers on records.record_id = wrappers.record_id
    left join moved on records.record_id = moved.record_id
    left join attributes on records.record_id = attributes.record_id
    where matched.record_id is not null or wrappers.record_id is not null or moved.record_id is not null or attributes.record_id is not null

),

settled as (

    select
        judged.*,
        counted.source_name as counted_source_name,
        counted.call_id as counted_call_id,
        counted.partition_date as counted_partition_date,
        {{ money('coalesce(judged.stated_cost_usd, 0) + judged.received_cost_usd - judged.passed_cost_usd - coalesce(judged.billed_cost_usd, 0)') }} as repeated_cost_usd
    from judged
    left join records as counted on judged.counted_record_id = counted.record_id

)

select * from settled
