{# one row per UTC day x SKU (provider, model, service tier) x owner: what the calls cost. A table: some twenty models read the
   ledger in a build, and each would group the usage of all days by its owners again #}

{% set owners = owner_columns() %}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

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

{# The months of a provider in which its bill counts, and the calls reconcile it. #}
months_of_bills as (

    select distinct
        ai_services.provider,
        bills.billing_month_start_date
    from bills
    inner join ai_services on lower(bills.service_name) = lower(ai_services.service_name)
    left join provider_names on lower(ai_services.provider) = provider_names.name_in_source
    where bills.is_overlap and bills.is_counted and bills.provider_name = coalesce(provider_names.provider_name, ai_services.provider)

),

paid_days as (

    select distinct charge_date, allocation_driver
    from capacity_charges
    where is_counted

),

by_owner as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        {{ owners | join(', ') }},
        owner_rule,
        cast(date_trunc('month', usage_date) as date) as billing_month_start_date,
        cast(sum(input_tokens) + sum(output_tokens) as bigint) as tokens,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(contracted_cost_usd)') }} as contracted_cost_usd
    from usage_owned
    group by usage_date, provider, model, service_tier, {{ owners | join(', ') }}, owner_rule

),

charges as (

    select
        'calls/' || cast(usage.usage_date as string) || '/' || usage.provider || '/' || usage.model || '/' || usage.service_tier || '/' || md5(
            {%- for owner in owners %}
            coalesce(usage.{{ owner }}, '') || '|' ||
            {%- endfor %}
            usage.owner_rule
        ) as charge_id,
        'calls' as source,
        usage.usage_date as charge_date,
        {{ start_of_day('usage.usage_date') }} as charge_period_start_at,
        {{ start_of_day('usage.usage_date + 1') }} as charge_period_end_at,
        usage.billing_month_start_date as billing_period_start_date,
        last_day(usage.usage_date) + 1 as billing_period_end_date,
        usage.billing_month_start_date,
        coalesce(services.billing_account_id, 'default') as billing_account_id,
        usage.provider,
        coalesce(provider_names.provider_name, usage.provider) as provider_name,
        coalesce(services.publisher_name, provider_names.provider_name, usage.provider) as publisher_name,
        coalesce(services.host_provider_name, provider_names.provider_name, usage.provider) as host_provider_name,
        'AI and Machine Learning' as service_category,
        'Generative AI' as service_subcategory,
        coalesce(services.service_name, usage.provider) as service_name,
        'Usage' as charge_category,
        usage.model || ', ' || usage.service_tier as charge_description,
        usage.provider || '/' || usage.model || '/' || usage.service_tier as sku_id,
        usage.model,
        usage.service_tier,
        'Standard' as pricing_category,
        'USD' as pricing_currency,
        cast(usage.tokens as decimal(38, 15)) as pricing_quantity,
        'Tokens' as pricing_unit,
        cast(usage.tokens as decimal(38, 15)) as consumed_quantity,
        'Tokens' as consumed_unit,
        'USD' as billing_currency,
        cast(1 as decimal(13, 10)) as usd_per_unit,
        {% for cost in ['billed', 'effective', 'list', 'contracted'] -%}
        usage.{{ cost }}_cost_usd as {{ cost }}_cost_billing_currency,
        usage.{{ cost }}_cost_usd,
        {% endfor -%}
        false as is_overlap,
        false as is_billed_without_effective,
        'llm_usage' as cost_pool,
        {% for owner in owners -%}
        usage.{{ owner }},
        {% endfor -%}
        usage.owner_rule,
        true as is_direct,
        {# What a tool states for calls that a capacity served is an estimate by list prices: the capacity is what was paid. #}
        months_of_bills.provider is null and paid_days.allocation_driver is null as is_counted
    from by_owner as usage
    left join services on usage.provider = services.provider
    left join provider_names on lower(usage.provider) = provider_names.name_in_source
    left join months_of_bills
        on usage.provider = months_of_bills.provider and usage.billing_month_start_date = months_of_bills.billing_month_start_date
    left join paid_days
        on usage.usage_date = paid_days.charge_date and {{ capacity_driver('usage') }} = paid_days.allocation_driver

)

select * from charges
