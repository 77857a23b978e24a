{# one row per record that states a charge x record that the charge counts on, where that is not its own or not all of it.
   What a record around calls states beyond them is a charge of its own. #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with nested as (

    select * from {{ ref('int_call_records_nested') }}

),

wrappers as (

    select * from {{ ref('int_call_wrappers') }}

),

contents as (

    select * from {{ ref('int_call_wrapper_contents') }}

),

known as (

    select * from {{ ref('int_call_costs_stated') }}

),

lent as (

    select * from {{ ref('int_call_costs_lent') }}

),

counted as (

    select record_id, billed_cost_usd as cost_usd from known
    union all
    select record_id, cost_usd from lent

),

compared as (

    select
        wrappers.record_id as wrapper_id,
        known.stating_record_id,
        {{ money('known.billed_cost_usd - coalesce(sum(counted.cost_usd), 0)') }} as cost_usd,
        {{ money('(count(*) + 1) * ' ~ stated_cost_rounding()) }} as rounding_usd
    from wrappers
    inner join known on wrappers.record_id = known.record_id
    left join contents on wrappers.record_id = contents.wrapper_id
    left join counted on contents.record_id = counted.record_id
    group by wrappers.record_id, known.stating_record_id, known.billed_cost_usd

),

left_over as (

    select * from compared
    where cost_usd > rounding_usd

),

{# Records around records state their sum: only the outermost that leaves something counts. #}
inner_ones as (

    select distinct nested.record_id
    from nested
    semi join left_over on nested.above_record_id = left_over.wrapper_id

),

passed as (

    select
        known.stating_record_id,
        known.record_id,
        known.billed_cost_usd as cost_usd
    from known
    anti join wrappers on known.record_id = wrappers.record_id
    where known.stating_record_id <> known.record_id
    union all
    select
        stating_record_id,
        record_id,
        cost_usd
    from lent
    union all
    select
        left_over.stating_record_id,
        left_over.wrapper_id as record_id,
        left_over.cost_usd
    from left_over
    anti join inner_ones on left_over.wrapper_id = inner_ones.record_id

)

select * from passed
