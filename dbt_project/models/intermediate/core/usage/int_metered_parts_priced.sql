-- depends_on: {{ ref('int_raw_days') }}
{# one row per call with metered units x price class by which a part of it is priced: its quantity, its prices and its cost #}

{{ config(enabled=landed_call_sources() | length > 0, materialized='incremental', unique_key='partition_date') }}

{# Which days are put in anew is asked when the table is filled. #}
-- depends_on: {{ ref('int_raw_days') }}

with parts as (

    select * from {{ ref('int_metered_parts') }}

),

prices_stated as (

    select * from {{ ref('int_prices_stated') }}

),

looked_up as (

    select
        parts.partition_date,
        parts.call_id,
        parts.provider,
        parts.model,
        parts.service_tier,
        parts.price_class,
        parts.class_instead,
        parts.quantity,
        {% for basis in ['charged', 'restated', 'contracted'] -%}
        {{ stated_price("prices.basis = '" ~ basis ~ "' and prices.token_class = parts.price_class", 'prices') }} as own_{{ basis }},
        {{ stated_price("prices.basis = '" ~ basis ~ "' and prices.token_class = parts.class_instead", 'prices') }} as instead_{{ basis }},
        {% endfor -%}
        max(prices.valid_from) filter (where prices.basis = 'charged' and prices.token_class = parts.price_class) as price_valid_from_at,
        count(*) filter (where prices.basis = 'contracted') > 0 as is_negotiated
    from parts
    left join prices_stated as prices
        on
            parts.provider = prices.provider
            and parts.model = prices.model
            and parts.service_tier = prices.service_tier
            and prices.token_class in (parts.price_class, parts.class_instead)
            and prices.valid_from <= parts.called_at
            and parts.called_at < prices.valid_to
            and prices.min_input_tokens <= parts.input_tokens
            and parts.input_tokens < coalesce(prices.next_min_input_tokens, 9223372036854775807)
            and (prices.from_week_minute is null or {{ week_minute('parts.called_at') }} >= prices.from_week_minute)
            and (prices.to_week_minute is null or {{ week_minute('parts.called_at') }} < prices.to_week_minute)
    group by
        parts.partition_date, parts.call_id, parts.provider, parts.model, parts.service_tier, parts.price_class, parts.class_instead, parts.quantity

),

{# A part without a price of its own is counted into the class that it costs as: an image of which some was read from the
   cache is taken out of the input twice, and comes back once. #}
priced_parts as (

    select
        partition_date,
        call_id,
        provider,
        model,
        service_tier,
        case when coalesce(own_charged, own_restated, own_contracted) is null then class_instead else price_class end as price_class,
        cast(sum(quantity) as decimal(24, 6)) as quantity,
        max(coalesce(own_charged, instead_charged)) as charged_usd_per_unit,
        max(coalesce(own_restated, instead_restated)) as restated_usd_per_unit,
        max(coalesce(own_contracted, case when own_charged is null then instead_contracted end)) as contracted_usd_per_unit,
        max(price_valid_from_at) as price_valid_from_at,
        max(case when is_negotiated then 1 else 0 end) = 1 as is_negotiated
    from looked_up
    group by
        partition_date,
        call_id,
        provider,
        model,
        service_tier,
        case when coalesce(own_charged, own_restated, own_contracted) is null then class_instead else price_class end

),

costed_parts as (

    select
        *,
        {{ part_cost('charged_usd_per_unit') }} as list_cost_usd,
        {{ part_cost('restated_usd_per_unit') }} as restated_cost_usd,
        {{ part_cost('coalesce(contracted_usd_per_unit, charged_usd_per_unit)') }} as contracted_cost_usd
    from priced_parts

)

select * from costed_parts
