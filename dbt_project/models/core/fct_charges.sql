{# one row per charge: lines of billing files, and the usage of the calls by day, SKU and token class #}

{% set from_bills = [
    'invoice_issuer_name', 'service_provider_name', 'invoice_id', 'billing_account_name', 'sub_account_id',
    'sub_account_name', 'charge_class', 'charge_frequency', 'region_id', 'resource_id',
    'resource_name', 'resource_type', 'sku_price_details', 'commitment_discount_id', 'commitment_discount_name',
    'commitment_discount_category', 'commitment_discount_type', 'commitment_discount_status', 'commitment_discount_unit', 'tags',
] %}
{% set in_pricing_currency = {
    'effective_cost_pricing_currency': 'decimal(28, 12)',
    'list_unit_price_pricing_currency': 'decimal(38, 24)',
    'contracted_unit_price_pricing_currency': 'decimal(38, 24)',
    'commitment_discount_quantity': 'decimal(38, 15)',
} %}
{% set common = [
    'charge_id', 'source', 'file_name', 'line_number', 'charge_date', 'charge_period_start_at', 'charge_period_end_at',
    'billing_period_start_date', 'billing_period_end_date', 'billing_month_start_date', 'billing_account_id', 'provider_name', 'publisher_name',
    'host_provider_name', 'service_category', 'service_subcategory', 'service_name', 'charge_category', 'charge_description',
    'sku_id', 'sku_meter', 'sku_price_id', 'model', 'service_tier', 'token_class', 'pricing_category', 'pricing_currency', 'pricing_quantity',
    'pricing_unit', 'consumed_quantity', 'consumed_unit', 'billing_currency', 'usd_per_unit',
    'billed_cost_billing_currency', 'effective_cost_billing_currency', 'list_cost_billing_currency',
    'contracted_cost_billing_currency', 'list_unit_price_billing_currency', 'contracted_unit_price_billing_currency',
    'billed_cost_usd', 'effective_cost_usd', 'list_cost_usd', 'contracted_cost_usd', 'is_overlap', 'is_billed_without_effective',
] %}

with usage_charges as (

    select * from {{ ref('int_usage_charges') }}

),

focus_charges as (

    select * from {{ ref('int_focus_charges_converted') }}

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

usage_described as (

    select
        'calls/' || cast(usage_charges.usage_date as string) || '/' || usage_charges.sku_id as charge_id,
        'calls' as source,
        cast(null as string) as file_name,
        cast(null as bigint) as line_number,
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
        'USD' as pricing_currency,
        cast(usage_charges.quantity as decimal(38, 15)) as pricing_quantity,
        {{ unit_of_class('usage_charges.token_class') }} as pricing_unit,
        cast(usage_charges.quantity as decimal(38, 15)) as consumed_quantity,
        {{ unit_of_class('usage_charges.token_class') }} as consumed_unit,
        'USD' as billing_currency,
        cast(1 as decimal(13, 10)) as usd_per_unit,
        {% for cost in ['billed', 'effective', 'list', 'contracted'] -%}
        usage_charges.{{ cost }}_cost_usd as {{ cost }}_cost_billing_currency,
        {% endfor -%}
        cast(usage_charges.list_unit_price_usd as decimal(38, 24)) as list_unit_price_billing_currency,
        cast(usage_charges.contracted_unit_price_usd as decimal(38, 24)) as contracted_unit_price_billing_currency,
        usage_charges.billed_cost_usd,
        usage_charges.effective_cost_usd,
        usage_charges.list_cost_usd,
        usage_charges.contracted_cost_usd,
        false as is_overlap,
        false as is_billed_without_effective
    from usage_charges
    left join services on usage_charges.provider = services.provider

),

focus_described as (

    select
        *,
        'focus' as source,
        cast(null as string) as model,
        cast(null as string) as service_tier,
        cast(charge_period_start_at as date) as charge_date
    from focus_charges

),

charges as (

    select
        {{ common | join(', ') }},
        {% for name in from_bills -%} cast(null as string) as {{ name }}, {% endfor %}
        {% for name, type in in_pricing_currency.items() -%} cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }} {% endfor %}
    from usage_described
    union all
    select {{ (common + from_bills + (in_pricing_currency | list)) | join(', ') }}
    from focus_described

)

select * from charges
