{# one row per call of unknown charge that gets one: a share of what the nearest record around it states beyond what is
   known below it, by tokens #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with records as (

    select * from {{ ref('int_call_records_identified') }}

),

nested as (

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

statements as (

    select
        wrappers.record_id as wrapper_id,
        known.stating_record_id,
        known.billed_cost_usd
    from wrappers
    inner join known on wrappers.record_id = known.record_id
    where known.billed_cost_usd <> 0

),

surpluses as (

    select
        statements.wrapper_id,
        statements.stating_record_id,
        {{ money('statements.billed_cost_usd - coalesce(sum(known.billed_cost_usd), 0)') }} as surplus_usd,
        {{ money('(count(*) + 1) * ' ~ stated_cost_rounding()) }} as rounding_usd
    from statements
    left join contents on statements.wrapper_id = contents.wrapper_id
    left join known on contents.record_id = known.record_id
    group by statements.wrapper_id, statements.stating_record_id, statements.billed_cost_usd

),

{# A call of unknown charge gets it from the nearest record around it that states more than what is known below it. #}
nearest as (

    select
        contents.record_id,
        contents.wrapper_id,
        surpluses.stating_record_id,
        surpluses.surplus_usd,
        surpluses.rounding_usd,
        greatest(records.tokens, 1) as tokens,
        row_number() over (partition by contents.record_id order by contents.steps, contents.wrapper_id) as nearness
    from contents
    inner join surpluses on contents.wrapper_id = surpluses.wrapper_id and surpluses.surplus_usd > surpluses.rounding_usd
    inner join records on contents.record_id = records.record_id and records.has_usage
    anti join known on contents.record_id = known.record_id

),

lenders as (

    select distinct wrapper_id, surplus_usd
    from nearest
    where nearness = 1

),

nested_lenders as (

    select
        nested.above_record_id as wrapper_id,
        lenders.surplus_usd,
        row_number() over (partition by nested.record_id order by nested.steps, nested.above_record_id) as nearness
    from nested
    inner join lenders on nested.record_id = lenders.wrapper_id
    semi join lenders as above on nested.above_record_id = above.wrapper_id

),

{# What the lenders next below lend is no more to be lent. #}
lent_below as (

    select
        wrapper_id,
        sum(surplus_usd) as lent_usd
    from nested_lenders
    where nearness = 1
    group by wrapper_id

),

shares as (

    select
        nearest.record_id,
        nearest.stating_record_id,
        nearest.rounding_usd,
        nearest.tokens,
        {{ money('nearest.surplus_usd - coalesce(lent_below.lent_usd, 0)') }} as lent_usd,
        cast(sum(nearest.tokens) over (partition by nearest.wrapper_id order by nearest.record_id) as bigint) as running_tokens,
        cast(sum(nearest.tokens) over (partition by nearest.wrapper_id) as bigint) as all_tokens
    from nearest
    left join lent_below on nearest.wrapper_id = lent_below.wrapper_id
    where nearest.nearness = 1

),

lent as (

    select
        stating_record_id,
        record_id,
        {{ split_exactly('lent_usd', 'running_tokens', '(running_tokens - tokens)', 'all_tokens') }} as cost_usd
    from shares
    where lent_usd > rounding_usd

)

select * from lent
