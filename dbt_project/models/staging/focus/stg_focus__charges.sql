{# one row per line of the billing files, as it came: names, types and units of the warehouse, nothing judged yet #}

with charges as (

    select * from {{ source('focus', 'charges') }}

),

typed as (

    select
        file_name,
        cast(line_number as bigint) as line_number,
        line_problem,
        try_cast(chargeperiodstart as timestamp) as charge_period_start_at,
        try_cast(chargeperiodend as timestamp) as charge_period_end_at,
        cast(try_cast(billingperiodstart as timestamp) as date) as billing_period_start_date,
        cast(try_cast(billingperiodend as timestamp) as date) as billing_period_end_date,
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
        servicecategory as service_category,
        servicesubcategory as service_subcategory,
        servicename as service_name,
        chargecategory as charge_category,
        chargeclass as charge_class,
        chargedescription as charge_description,
        chargefrequency as charge_frequency,
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
        pricingcategory as pricing_category,
        try_cast(pricingquantity as decimal(28, 12)) as pricing_quantity,
        pricingunit as pricing_unit,
        try_cast(consumedquantity as decimal(30, 15)) as consumed_quantity,
        consumedunit as consumed_unit,
        commitmentdiscountid as commitment_discount_id,
        commitmentdiscountname as commitment_discount_name,
        commitmentdiscountcategory as commitment_discount_category,
        commitmentdiscounttype as commitment_discount_type,
        commitmentdiscountstatus as commitment_discount_status,
        try_cast(commitmentdiscountquantity as decimal(28, 12)) as commitment_discount_quantity,
        commitmentdiscountunit as commitment_discount_unit,
        tags,
        upper(billingcurrency) as billing_currency,
        try_cast(billedcost as decimal(24, 12)) as billed_cost_billing_currency,
        try_cast(effectivecost as decimal(24, 12)) as effective_cost_billing_currency,
        try_cast(listcost as decimal(24, 12)) as list_cost_billing_currency,
        try_cast(contractedcost as decimal(24, 12)) as contracted_cost_billing_currency,
        try_cast(listunitprice as decimal(28, 12)) as list_unit_price_billing_currency,
        try_cast(contractedunitprice as decimal(28, 12)) as contracted_unit_price_billing_currency,
        pricingcurrency as pricing_currency,
        try_cast(pricingcurrencyeffectivecost as decimal(28, 12)) as effective_cost_pricing_currency,
        try_cast(pricingcurrencylistunitprice as decimal(28, 12)) as list_unit_price_pricing_currency,
        try_cast(pricingcurrencycontractedunitprice as decimal(28, 12)) as contracted_unit_price_pricing_currency,
        chargeperiodstart as raw_charge_period_start,
        billedcost as raw_billed_cost,
        effectivecost as raw_effective_cost,
        listcost as raw_list_cost,
        contractedcost as raw_contracted_cost,
        raw_record
    from charges

)

select * from typed
