{# one row per UTC day x provider x model x service tier x token class or meter of the usage: its quantity and price, beside
   the costs of the whole day and SKU that the classes share. #}

{% set costs = ['list', 'contracted', 'effective', 'billed'] %}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

usage_slots as (

    select * from {{ ref('int_usage_slots') }}

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
        cast(sum(unpriced_calls) as bigint) as unpriced_calls,
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

{# Tokens that are priced by the day. Calls with meters bring their parts, unless they have no list cost. #}
tokens_by_day as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        sum(input_tokens) - sum(cached_input_tokens) - sum(cache_write_input_tokens) as input_quantity,
        sum(cached_input_tokens) as cached_input_quantity,
        sum(cache_write_input_tokens) as cache_write_quantity,
        sum(output_tokens) as output_quantity
    from usage_slots
    where not is_metered or list_cost_usd is null
    group by usage_date, provider, model, service_tier

),

{# The price at the end of the day shares out a day with a price change; only a price of the whole day is a unit price. #}
tokens_priced as (

    select
        sku_days.usage_date,
        sku_days.provider,
        sku_days.model,
        sku_days.service_tier,
        sku_days.list_cost_usd,
        token_classes.token_class,
        coalesce(
            case token_classes.token_class
                when 'input' then tokens.input_quantity
                when 'cached_input' then tokens.cached_input_quantity
                when 'cache_write' then tokens.cache_write_quantity
                else tokens.output_quantity
            end,
            0
        ) as quantity,
        {% for kind in ['list', 'contracted'] -%}
        case token_classes.token_class
            when 'input' then prices.{{ kind }}_usd_per_input_token
            when 'cached_input' then prices.{{ kind }}_usd_per_cached_input_token
            when 'cache_write' then prices.{{ kind }}_usd_per_cache_write_token
            else prices.{{ kind }}_usd_per_output_token
        end as {{ kind }}_unit_price_usd,
        {% endfor -%}
        prices.valid_from as price_valid_from_at,
        coalesce(prices.valid_from <= {{ start_of_day('sku_days.usage_date') }} and {{ holds_all_week('prices') }}, false) as has_one_price
    from sku_days
    cross join token_classes
    left join tokens_by_day as tokens
        on
            sku_days.usage_date = tokens.usage_date
            and sku_days.provider = tokens.provider
            and sku_days.model = tokens.model
            and sku_days.service_tier = tokens.service_tier
    left join price_periods as prices
        on
            sku_days.provider = prices.provider
            and sku_days.model = prices.model
            and sku_days.service_tier = prices.service_tier
            and {{ holds_at_end_of('sku_days.usage_date', 'prices') }}

),

{% set class_columns = [
    'usage_date', 'provider', 'model', 'service_tier', 'token_class', 'quantity', 'list_unit_price_usd', 'contracted_unit_price_usd',
    'price_valid_from_at', 'has_one_price',
] %}

used as (

    select
        {{ class_columns | join(', ') }},
        case when list_cost_usd is null then {{ money(0) }} else coalesce({{ token_cost('quantity', 'list_unit_price_usd') }}, {{ money(0) }}) end
            as list_at_price_usd,
        coalesce({{ token_cost('quantity', 'contracted_unit_price_usd') }}, {{ money(0) }}) as contracted_at_price_usd
    from tokens_priced
    {%- if landed_call_sources() %}
    union all
    select {{ class_columns | join(', ') }}, list_at_price_usd, contracted_at_price_usd
    from {{ ref('int_metered_usage_daily') }}
    {%- endif %}

),

at_price as (

    select
        sku_days.*,
        used.token_class,
        coalesce(max(token_classes.class_order), 5) as class_order,
        cast(sum(used.quantity) as decimal(24, 6)) as quantity,
        max(used.list_unit_price_usd) as list_unit_price_usd,
        max(used.contracted_unit_price_usd) as contracted_unit_price_usd,
        min(used.price_valid_from_at) as price_valid_from_at,
        min(case when used.has_one_price then 1 else 0 end) = 1
        and count(distinct used.list_unit_price_usd) < 2
        and count(distinct used.contracted_unit_price_usd) < 2 as has_one_price,
        {{ money('sum(used.list_at_price_usd)') }} as list_at_price_usd,
        {{ money('sum(used.contracted_at_price_usd)') }} as contracted_at_price_usd
    from sku_days
    inner join used
        on
            sku_days.usage_date = used.usage_date
            and sku_days.provider = used.provider
            and sku_days.model = used.model
            and sku_days.service_tier = used.service_tier
    left join token_classes on used.token_class = token_classes.token_class
    group by all

),

shared_out as (

    select
        *,
        {{ money('sum(list_at_price_usd) over sku_day_so_far') }} as running_list_at_price_usd,
        {{ money('sum(list_at_price_usd) over sku_day') }} as total_list_at_price_usd,
        {{ money('sum(contracted_at_price_usd) over sku_day') }} as total_contracted_at_price_usd,
        {{ money('effective_cost_usd - least(effective_cost_usd, coalesce(unpriced_billed_cost_usd, 0))') }} as priced_effective_cost_usd,
        case
            when unpriced_billed_cost_usd is null or unpriced_billed_cost_usd <> billed_cost_usd
                then {{ money('billed_cost_usd - coalesce(unpriced_billed_cost_usd, 0)') }}
        end as priced_billed_cost_usd
    from at_price
    window
        sku_day as (partition by usage_date, provider, model, service_tier),
        sku_day_so_far as (partition by usage_date, provider, model, service_tier order by class_order, token_class)

)

select * from shared_out
