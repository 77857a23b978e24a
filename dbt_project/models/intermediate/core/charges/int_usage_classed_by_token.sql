{# one row per UTC day x provider x model x service tier x token class of the usage: its tokens and their price, beside
   the costs of the whole day and SKU that the classes share. #}

{% set costs = ['list', 'contracted', 'effective', 'billed'] %}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

token_classes as (

    select 'input' as token_class, 1 as class_order
    union all
    select 'cached_input' as token_class, 2 as class_order
    union all
    select 'cache_write' as token_class, 3 as class_order
    union all
    select 'output' as token_class, 4 as class_order

),

sku_days as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        sum(unpriced_calls) as unpriced_calls,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens,
        cast(coalesce(sum(cache_write_input_tokens), 0) as bigint) as cache_write_input_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {% for cost in costs -%}
        {{ money('sum(' ~ cost ~ '_cost_usd)') }} as {{ cost }}_cost_usd,
        {% endfor -%}
        {{ money('sum(unpriced_billed_cost_usd)') }} as unpriced_billed_cost_usd
    from usage_daily
    group by usage_date, provider, model, service_tier

),

{# The price at the end of the day shares out a day with a price change; only a price of the whole day is a unit price. #}
classed as (

    select
        sku_days.*,
        token_classes.token_class,
        token_classes.class_order,
        case token_classes.token_class
            when 'input' then sku_days.input_tokens - sku_days.cached_input_tokens - sku_days.cache_write_input_tokens
            when 'cached_input' then sku_days.cached_input_tokens
            when 'cache_write' then sku_days.cache_write_input_tokens
            else sku_days.output_tokens
        end as tokens,
        {% for kind in ['list', 'contracted'] -%}
        case token_classes.token_class
            when 'input' then prices.{{ kind }}_usd_per_input_token
            when 'cached_input' then prices.{{ kind }}_usd_per_cached_input_token
            when 'cache_write' then prices.{{ kind }}_usd_per_cache_write_token
            else prices.{{ kind }}_usd_per_output_token
        end as {{ kind }}_unit_price_usd,
        {% endfor -%}
        prices.valid_from as price_valid_from_at,
        coalesce(prices.valid_from <= {{ start_of_day('sku_days.usage_date') }}{{ ' and prices.to_week_minute - prices.from_week_minute = 10080' if price_windows()['models'] }}, false)
            as has_one_price
    from sku_days
    cross join token_classes
    left join price_periods as prices
        on
            sku_days.provider = prices.provider
            and sku_days.model = prices.model
            and sku_days.service_tier = prices.service_tier
            and {{ holds_at_end_of('sku_days.usage_date', 'prices') }}

),

at_price as (

    select
        *,
        case when list_cost_usd is null then {{ money(0) }} else coalesce({{ token_cost('tokens', 'list_unit_price_usd') }}, {{ money(0) }}) end
            as list_at_price_usd,
        coalesce({{ token_cost('tokens', 'contracted_unit_price_usd') }}, {{ money(0) }}) as contracted_at_price_usd
    from classed

),

shared_out as (

    select
        *,
        {{ money('sum(list_at_price_usd) over (sku_day order by class_order)') }} as running_list_at_price_usd,
        {{ money('sum(list_at_price_usd) over sku_day') }} as total_list_at_price_usd,
        {{ money('sum(contracted_at_price_usd) over sku_day') }} as total_contracted_at_price_usd,
        {{ money('effective_cost_usd - least(effective_cost_usd, coalesce(unpriced_billed_cost_usd, 0))') }} as priced_effective_cost_usd,
        case
            when unpriced_billed_cost_usd is null or unpriced_billed_cost_usd <> billed_cost_usd
                then {{ money('billed_cost_usd - coalesce(unpriced_billed_cost_usd, 0)') }}
        end as priced_billed_cost_usd
    from at_price
    window sku_day as (partition by usage_date, provider, model, service_tier)

)

select * from shared_out
