{# one row per UTC day x SKU of the calls x token class or meter: the usage as a bill in the words of FOCUS would itemise it
   Class `unknown` bears what no price can share out: usage without list price, charges of calls without token counts. #}

with token_classes as (

    select * from {{ ref('int_usage_classed_by_token') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

services as (

    select
        provider,
        min(service_name) as service_name,
        min(publisher_name) as publisher_name,
        min(host_provider_name) as host_provider_name,
        min(billing_account_id) as billing_account_id
    from ai_services
    group by provider

),

parts as (

    select
        *,
        {{ token_class_part('list_cost_usd') }} as list_part_usd,
        {{ token_class_part('contracted_cost_usd') }} as contracted_part_usd,
        {{ token_class_part('priced_effective_cost_usd') }} as effective_part_usd,
        {{ token_class_part('priced_billed_cost_usd') }} as billed_part_usd,
        has_one_price
        and list_cost_usd = total_list_at_price_usd
        and contracted_cost_usd = total_contracted_at_price_usd as has_unit_price
    from token_classes

),

remainders as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        max(case when list_cost_usd is null then input_tokens + output_tokens end) as quantity,
        {% for cost in ['list', 'contracted', 'effective', 'billed'] -%}
        case
            when max(list_cost_usd) is null then max({{ cost }}_cost_usd)
            else nullif({{ money('max(' ~ cost ~ '_cost_usd) - coalesce(sum(' ~ cost ~ '_part_usd), 0)') }}, 0)
        end as {{ cost }}_cost_usd,
        {% endfor -%}
        max(unpriced_calls) as unpriced_calls
    from parts
    group by usage_date, provider, model, service_tier

),

itemised as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        token_class,
        quantity,
        case when has_unit_price then list_unit_price_usd end as list_unit_price_usd,
        case when has_unit_price then contracted_unit_price_usd end as contracted_unit_price_usd,
        case when has_unit_price then price_valid_from_at end as price_valid_from_at,
        list_part_usd as list_cost_usd,
        contracted_part_usd as contracted_cost_usd,
        effective_part_usd as effective_cost_usd,
        billed_part_usd as billed_cost_usd
    from parts
    where list_cost_usd is not null and quantity > 0
    union all
    select
        usage_date,
        provider,
        model,
        service_tier,
        'unknown' as token_class,
        quantity,
        cast(null as decimal(18, 12)) as list_unit_price_usd,
        cast(null as decimal(18, 12)) as contracted_unit_price_usd,
        cast(null as timestamp) as price_valid_from_at,
        list_cost_usd,
        contracted_cost_usd,
        effective_cost_usd,
        billed_cost_usd
    from remainders
    where unpriced_calls > 0 or coalesce(list_cost_usd, contracted_cost_usd, effective_cost_usd, billed_cost_usd) is not null

),

charges as (

    select
        itemised.*,
        itemised.provider || '/' || itemised.model || '/' || itemised.service_tier || '/' || itemised.token_class as sku_id,
        coalesce(provider_names.provider_name, itemised.provider) as provider_name,
        cast(date_trunc('month', itemised.usage_date) as date) as billing_month_start_date
    from itemised
    left join provider_names on lower(itemised.provider) = provider_names.name_in_source

),

described as (

    select
        charges.usage_date as charge_date,
        {{ start_of_day('charges.usage_date') }} as charge_period_start_at,
        {{ start_of_day('charges.usage_date + 1') }} as charge_period_end_at,
        charges.billing_month_start_date as billing_period_start_date,
        last_day(charges.usage_date) + 1 as billing_period_end_date,
        charges.billing_month_start_date,
        coalesce(services.billing_account_id, 'default') as billing_account_id,
        charges.provider_name,
        coalesce(services.publisher_name, charges.provider_name) as publisher_name,
        coalesce(services.host_provider_name, charges.provider_name) as host_provider_name,
        'AI and Machine Learning' as service_category,
        'Generative AI' as service_subcategory,
        coalesce(services.service_name, charges.provider) as service_name,
        'Usage' as charge_category,
        charges.model || ', ' || charges.service_tier || ': ' || {{ name_of_class('charges.token_class') }} as charge_description,
        charges.sku_id,
        {{ name_of_class('charges.token_class') }} as sku_meter,
        charges.sku_id || coalesce('@' || cast(charges.price_valid_from_at as string), '') as sku_price_id,
        charges.model,
        charges.service_tier,
        charges.token_class,
        'Standard' as pricing_category,
        cast(charges.quantity as decimal(38, 15)) as consumed_quantity,
        {{ unit_of_class('charges.token_class') }} as consumed_unit,
        'USD' as billing_currency,
        cast(charges.list_unit_price_usd as decimal(38, 24)) as list_unit_price_usd,
        cast(charges.contracted_unit_price_usd as decimal(38, 24)) as contracted_unit_price_usd,
        charges.billed_cost_usd,
        charges.effective_cost_usd,
        charges.list_cost_usd,
        charges.contracted_cost_usd
    from charges
    left join services on charges.provider = services.provider

)

select * from described
