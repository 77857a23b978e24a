{# one row per line of the billing files, as it came: names, types and units of the warehouse, nothing judged yet #}

{# 15 decimals hold a nanosecond in hours, 23 digits before them a thousand petabytes in bytes; a unit price may be that of a byte and second. #}
{% set amounts = [
    ('billed_cost_billing_currency', 'billedcost', 'decimal(24, 12)'),
    ('effective_cost_billing_currency', 'effectivecost', 'decimal(24, 12)'),
    ('list_cost_billing_currency', 'listcost', 'decimal(24, 12)'),
    ('contracted_cost_billing_currency', 'contractedcost', 'decimal(24, 12)'),
    ('effective_cost_pricing_currency', 'pricingcurrencyeffectivecost', 'decimal(28, 12)'),
    ('pricing_quantity', 'pricingquantity', 'decimal(38, 15)'),
    ('consumed_quantity', 'consumedquantity', 'decimal(38, 15)'),
    ('commitment_discount_quantity', 'commitmentdiscountquantity', 'decimal(38, 15)'),
    ('list_unit_price_billing_currency', 'listunitprice', 'decimal(38, 24)'),
    ('contracted_unit_price_billing_currency', 'contractedunitprice', 'decimal(38, 24)'),
    ('list_unit_price_pricing_currency', 'pricingcurrencylistunitprice', 'decimal(38, 24)'),
    ('contracted_unit_price_pricing_currency', 'pricingcurrencycontractedunitprice', 'decimal(38, 24)'),
] %}

with charges as (

    select * from {{ source('focus', 'charges') }}

),

typed as (

    select
        file_name,
        split_part(file_name, '/', 1) as source_name,
        cast(line_number as bigint) as line_number,
        cast(record_number as bigint) as record_number,
        line_problem,
        try_cast(chargeperiodstart as timestamp) as charge_period_start_at,
        case
            when chargeperiodend is null and x_iswholeday = 'yes'
                then {{ from_unix_microseconds(unix_microseconds('try_cast(chargeperiodstart as timestamp)') ~ ' + 24 * 3600000000') }}
            else try_cast(chargeperiodend as timestamp)
        end as charge_period_end_at,
        try_cast(billingperiodstart as timestamp) as billing_period_start_at,
        try_cast(billingperiodend as timestamp) as billing_period_end_at,
        providername as stated_provider_name,
        publishername as publisher_name,
        invoiceissuername as invoice_issuer_name,
        serviceprovidername as service_provider_name,
        hostprovidername as host_provider_name,
        invoiceid as invoice_id,
        billingaccountid as billing_account_id,
        billingaccountname as billing_account_name,
        subaccountid as sub_account_id,
        subaccountname as sub_account_name,
        {{ focus_spelling('servicecategory', 'service_category') }} as service_category,
        servicesubcategory as service_subcategory,
        servicename as service_name,
        {{ focus_spelling('chargecategory', 'charge_category') }} as charge_category,
        {{ focus_spelling('chargeclass', 'charge_class') }} as charge_class,
        chargedescription as charge_description,
        {{ focus_spelling('chargefrequency', 'charge_frequency') }} as charge_frequency,
        regionid as region_id,
        resourceid as resource_id,
        resourcename as resource_name,
        resourcetype as resource_type,
        skuid as sku_id,
        skumeter as sku_meter,
        skupriceid as sku_price_id,
        skupricedetails as sku_price_details,
        x_tokenclass as token_class,
        x_estimatedcolumns as estimated_columns,
        x_repeatscostof as repeats_cost_of,
        x_nodeid as node_id,
        {{ focus_spelling('pricingcategory', 'pricing_category') }} as pricing_category,
        pricingunit as pricing_unit,
        consumedunit as consumed_unit,
        commitmentdiscountid as commitment_discount_id,
        commitmentdiscountname as commitment_discount_name,
        {{ focus_spelling('commitmentdiscountcategory', 'commitment_discount_category') }} as commitment_discount_category,
        commitmentdiscounttype as commitment_discount_type,
        {{ focus_spelling('commitmentdiscountstatus', 'commitment_discount_status') }} as commitment_discount_status,
        commitmentdiscountunit as commitment_discount_unit,
        commitmentprogrameligibilitydetails as commitment_eligibility,
        try_cast(x_commitmentstart as timestamp) as commitment_start_at,
        try_cast(x_commitmentend as timestamp) as commitment_end_at,
        cast(tags as string) as tags,
        upper(billingcurrency) as billing_currency,
        pricingcurrency as pricing_currency,
        {% for name, text, type in amounts -%}
        try_cast({{ text }} as {{ type }}) as {{ name }},
        {{ text }} as raw_{{ name }},
        {% endfor -%}
        chargeperiodstart as raw_charge_period_start,
        billingperiodend as raw_billing_period_end,
        raw_record
    from charges

),

{# Money is kept to 12 decimals; of quantities and unit prices nothing may be lost unnoticed. #}
compared as (

    select
        *,
        cast(billing_period_start_at as date) as billing_period_start_date,
        cast(billing_period_end_at as date) as billing_period_end_date,
        {% for kind in ['cost', 'quantity', 'unit_price'] -%}
        (
            {%- for name, text, type in amounts if kind in name and kind == 'cost' %}
            (raw_{{ name }} is not null and {{ name }} is null) or
            {%- endfor %}
            {%- for name, text, type in amounts if kind in name and kind != 'cost' %}
            {{ is_lost_by_cast('raw_' ~ name, name) }} or
            {%- endfor %}
            false
        ) as is_{{ kind }}_malformed,
        {% endfor -%}
        {{ unknown_focus_values([
            'charge_class', 'charge_frequency', 'pricing_category', 'commitment_discount_category', 'commitment_discount_status', 'service_category'
        ]) }} as unknown_values
    from typed

)

select * from compared
