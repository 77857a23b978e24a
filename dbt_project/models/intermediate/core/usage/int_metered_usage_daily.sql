{# one row per UTC day x provider x model x service tier x price class of the calls with metered units that have a list cost:
   how much of it they used, and what that cost at the prices of their instants #}

{{ config(enabled=landed_call_sources() | length > 0, materialized='view') }}

with calls as (

    select * from {{ ref('int_calls_metered') }}

),

parts as (

    select * from {{ ref('int_metered_parts_priced') }}

),

daily as (

    select
        parts.partition_date as usage_date,
        parts.provider,
        parts.model,
        parts.service_tier,
        parts.price_class as token_class,
        cast(sum(parts.quantity) as decimal(24, 6)) as quantity,
        min(parts.charged_usd_per_unit) as list_unit_price_usd,
        min(coalesce(parts.contracted_usd_per_unit, parts.charged_usd_per_unit)) as contracted_unit_price_usd,
        min(parts.price_valid_from_at) as price_valid_from_at,
        count(distinct parts.charged_usd_per_unit) < 2
        and count(distinct coalesce(parts.contracted_usd_per_unit, parts.charged_usd_per_unit)) < 2 as has_one_price,
        {{ money('sum(parts.list_cost_usd)') }} as list_at_price_usd,
        {{ money('coalesce(sum(parts.contracted_cost_usd), 0)') }} as contracted_at_price_usd
    from parts
    inner join calls on parts.partition_date = calls.partition_date and parts.call_id = calls.call_id
    where calls.list_cost_usd is not null
    group by parts.partition_date, parts.provider, parts.model, parts.service_tier, parts.price_class

)

select * from daily
