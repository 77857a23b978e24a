{# one row per stretch of usage with one price (int_usage_slots) for which the source charged: the charge, what the list
   says today, and why the two differ #}

{{ config(materialized=view_or_table()) }}

{# Sources write a charge to a millionth of a dollar or finer: a call may be off by half of that. #}
{% set tolerance = "usage.calls * cast(0.0000005 as decimal(7, 7))" %}
{% set output_cost = token_cost('usage.output_tokens', 'prices.restated_usd_per_output_token') %}
{% set all_input_cost = token_cost('usage.input_tokens', 'prices.restated_usd_per_input_token') %}

with usage_slots as (

    select * from {{ ref('int_usage_slots') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

restated as (

    select
        usage.*,
        {{ tolerance }} as tolerance_usd,
        case
            when usage.is_metered then usage.metered_restated_cost_usd
            when usage.has_usage then {{ money(restated_cost()) }}
        end as restated_cost_usd,
        {{ money(all_input_cost ~ ' + ' ~ output_cost) }} as cost_without_classes_usd,
        {{ money(
            all_input_cost ~ ' + ' ~ output_cost
            ~ ' + ' ~ token_cost('usage.cached_input_tokens', 'prices.restated_usd_per_cached_input_token')
            ~ ' + ' ~ token_cost('usage.cache_write_input_tokens', 'prices.restated_usd_per_cache_write_token')
        ) }} as cost_counted_twice_usd
    from usage_slots as usage
    left join price_periods as prices
        on {{ is_priced_by('usage', 'prices', 'used_at', 'usage.min_input_tokens', 'usage.week_minute') }}
    where usage.has_charge

),

{# Prices of the other service tiers and sizes of input, for what the call's own price does not explain. #}
other_prices as (

    select
        usage.usage_hour_at,
        usage.used_at,
        usage.provider,
        usage.model,
        usage.service_tier,
        usage.min_input_tokens,
        usage.week_minute
    from restated as usage
    inner join price_periods as prices
        on
            usage.provider = prices.provider
            and usage.model = prices.model
            and prices.valid_from <= usage.used_at
            and usage.used_at < prices.valid_to
            and (usage.service_tier <> prices.service_tier or usage.min_input_tokens <> prices.min_input_tokens)
            and {{ holds_at_minute('prices', 'usage.week_minute') }}
    where
        usage.has_usage
        and abs(usage.billed_cost_usd - usage.restated_cost_usd) > usage.tolerance_usd
        and abs(usage.billed_cost_usd - ({{ restated_cost() }})) <= usage.tolerance_usd
    group by usage.usage_hour_at, usage.used_at, usage.provider, usage.model, usage.service_tier, usage.min_input_tokens, usage.week_minute

),

explained as (

    select
        usage.*,
        case
            when usage.restated_cost_usd is null then 'unpriced'
            when abs(usage.billed_cost_usd - usage.restated_cost_usd) <= usage.tolerance_usd then 'rounding'
            when abs(usage.billed_cost_usd - usage.cost_without_classes_usd) <= usage.tolerance_usd then 'token class'
            when abs(usage.billed_cost_usd - usage.cost_counted_twice_usd) <= usage.tolerance_usd then 'token class'
            when other_prices.provider is not null then 'tier'
            else 'price'
        end as cause,
        {{ money('usage.billed_cost_usd - coalesce(usage.restated_cost_usd, 0)') }} as difference_usd
    from restated as usage
    left join other_prices
        on
            case when usage.has_usage then usage.usage_hour_at end = other_prices.usage_hour_at
            and usage.used_at = other_prices.used_at
            and usage.provider = other_prices.provider
            and usage.model = other_prices.model
            and usage.service_tier = other_prices.service_tier
            and usage.min_input_tokens = other_prices.min_input_tokens
            and usage.week_minute = other_prices.week_minute

)

select * from explained
