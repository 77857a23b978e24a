{# one row per call that counts and has metered units: audio, images, writes to the cache for an hour, searches, pages and the
   like, priced part by part at its instant #}

{{ config(enabled=landed_call_sources() | length > 0, materialized='incremental', unique_key='partition_date') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

parts as (

    select * from {{ ref('int_metered_parts') }}

),

prices_stated as (

    select * from {{ ref('int_prices_stated') }}

),

looked_up as (

    select
        parts.partition_date,
        parts.call_id,
        parts.price_class,
        parts.class_instead,
        parts.quantity,
        {% for basis in ['charged', 'restated', 'contracted'] -%}
        {{ stated_price("prices.basis = '" ~ basis ~ "' and prices.token_class = parts.price_class", 'prices') }} as own_{{ basis }},
        {{ stated_price("prices.basis = '" ~ basis ~ "' and prices.token_class = parts.class_instead", 'prices') }} as instead_{{ basis }},
        {% endfor -%}
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
    group by parts.partition_date, parts.call_id, parts.price_class, parts.class_instead, parts.quantity

),

{# A part without a price of its own is counted into the class that it costs as: an image of which some was read from the
   cache is taken out of the input twice, and comes back once. #}
priced_parts as (

    select
        partition_date,
        call_id,
        case when coalesce(own_charged, own_restated, own_contracted) is null then class_instead else price_class end as price_class,
        cast(sum(quantity) as decimal(24, 6)) as quantity,
        max(coalesce(own_charged, instead_charged)) as charged_usd_per_unit,
        max(coalesce(own_restated, instead_restated)) as restated_usd_per_unit,
        max(coalesce(own_contracted, case when own_charged is null then instead_contracted end)) as contracted_usd_per_unit,
        max(case when is_negotiated then 1 else 0 end) as is_negotiated
    from looked_up
    group by
        partition_date,
        call_id,
        case when coalesce(own_charged, own_restated, own_contracted) is null then class_instead else price_class end

),

costed_parts as (

    select
        *,
        {{ part_cost('charged_usd_per_unit') }} as list_cost_usd,
        {{ part_cost('restated_usd_per_unit') }} as restated_cost_usd,
        {{ part_cost('coalesce(contracted_usd_per_unit, charged_usd_per_unit)') }} as contracted_cost_usd
    from priced_parts

),

{# A call has a cost where each part has one, and some part has a price: nothing at no price is not free. #}
costed as (

    select
        partition_date,
        call_id,
        {% for cost, price in {'list': 'charged', 'restated': 'restated', 'contracted': 'charged'}.items() -%}
        case when count({{ cost }}_cost_usd) = count(*) and count({{ price }}_usd_per_unit) > 0 then {{ money('sum(' ~ cost ~ '_cost_usd)') }} end
            as {{ cost }}_cost_usd,
        {% endfor -%}
        max(is_negotiated) = 1 as is_negotiated,
        min(price_class) filter (where list_cost_usd is null and quantity > 0) as waits_for
    from costed_parts
    group by partition_date, call_id

),

priced as (

    select
        calls.*,
        costed.list_cost_usd,
        costed.contracted_cost_usd,
        costed.restated_cost_usd,
        costed.is_negotiated,
        costed.waits_for
    from calls
    inner join costed on calls.partition_date = costed.partition_date and calls.call_id = costed.call_id
    where calls.metered_units is not null and {{ is_touched_day('calls.partition_date') }}

)

select
    *,
    {{ money(effective_cost()) }} as effective_cost_usd
from priced
