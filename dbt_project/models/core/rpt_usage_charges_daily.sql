{# one row per UTC day x SKU of the calls x token class or meter: the usage as a bill in the words of FOCUS would itemise it #}

with usage_charges as (

    select * from {{ ref('int_usage_charges') }}

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

described as (

    select
        usage_charges.usage_date as charge_date,
        {{ start_of_day('usage_charges.usage_date') }} as charge_period_start_at,
        {{ start_of_day('usage_charges.usage_date + 1') }} as charge_period_end_at,
        usage_charges.billing_month_start_date as billing_period_start_date,
        last_day(usage_charges.usage_date) + 1 as billing_period_end_date,
        usage_charges.billing_month_start_date,
        coalesce(services.billing_account_id, 'default') as billing_account_id,
        usage_charges.provider_name,
        coalesce(services.publisher_name, usage_charges.provider_name) as publisher_name,
        coalesce(services.host_provider_name, usage_charges.provider_name) as host_provider_name,
        'AI and Machine Learning' as service_category,
        'Generative AI' as service_subcategory,
        coalesce(services.service_name, usage_charges.provider) as service_name,
        'Usage' as charge_category,
        usage_charges.model || ', ' || usage_charges.service_tier || ': ' || {{ name_of_class('usage_charges.token_class') }} as charge_description,
        usage_charges.sku_id,
        {{ name_of_class('usage_charges.token_class') }} as sku_meter,
        usage_charges.sku_id || coalesce('@' || cast(usage_charges.price_valid_from_at as string), '') as sku_price_id,
        usage_charges.model,
        usage_charges.service_tier,
        usage_charges.token_class,
        'Standard' as pricing_category,
        cast(usage_charges.quantity as decimal(38, 15)) as consumed_quantity,
        {{ unit_of_class('usage_charges.token_class') }} as consumed_unit,
        'USD' as billing_currency,
        cast(usage_charges.list_unit_price_usd as decimal(38, 24)) as list_unit_price_usd,
        cast(usage_charges.contracted_unit_price_usd as decimal(38, 24)) as contracted_unit_price_usd,
        usage_charges.billed_cost_usd,
        usage_charges.effective_cost_usd,
        usage_charges.list_cost_usd,
        usage_charges.contracted_cost_usd
    from usage_charges
    left join services on usage_charges.provider = services.provider

)

select * from described
