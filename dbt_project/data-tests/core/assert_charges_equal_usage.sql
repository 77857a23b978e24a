{# The ledger, and what a bill of the usage would itemise, hold the usage of every day, provider, model and service tier at the same
   costs as the daily fact; and every line of a bill, whole or in parts, at its own. To the last decimal. #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

usage_charges as (

    select * from {{ ref('rpt_usage_charges_daily') }}

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

ledger as (

    select * from {{ ref('fct_charges') }}

),

compared as (

    select
        usage_date,
        provider || '/' || model || '/' || service_tier as sku_id,
        list_cost_usd,
        contracted_cost_usd,
        effective_cost_usd,
        billed_cost_usd
    from usage_daily
    union all
    select
        charge_date as usage_date,
        left(sku_id, length(sku_id) - length(token_class) - 1) as sku_id,
        -list_cost_usd as list_cost_usd,
        -contracted_cost_usd as contracted_cost_usd,
        -effective_cost_usd as effective_cost_usd,
        -billed_cost_usd as billed_cost_usd
    from usage_charges

),

by_sku as (

    select usage_date, sku_id
    from compared
    group by usage_date, sku_id
    having
        coalesce(sum(list_cost_usd), 0) <> 0
        or coalesce(sum(contracted_cost_usd), 0) <> 0
        or coalesce(sum(effective_cost_usd), 0) <> 0
        or coalesce(sum(billed_cost_usd), 0) <> 0

),

ledger_by_sku as (

    select usage_date, provider, model, service_tier
    from (
        select usage_date, provider, model, service_tier, effective_cost_usd, billed_cost_usd
        from usage_daily
        union all
        select charge_date as usage_date, provider, model, service_tier, -effective_cost_usd as effective_cost_usd, -billed_cost_usd as billed_cost_usd
        from ledger
        where source = 'calls'
    ) as charged
    group by usage_date, provider, model, service_tier
    having coalesce(sum(effective_cost_usd), 0) <> 0 or coalesce(sum(billed_cost_usd), 0) <> 0

),

lines as (

    select charge_id
    from (
        select charge_id, effective_cost_usd, billed_cost_usd, consumed_quantity
        from bills
        union all
        select
            origin_charge_id as charge_id,
            -effective_cost_usd as effective_cost_usd,
            -billed_cost_usd as billed_cost_usd,
            -consumed_quantity as consumed_quantity
        from ledger
        where origin_charge_id is not null
    ) as billed
    group by charge_id
    having
        coalesce(sum(effective_cost_usd), 0) <> 0
        or coalesce(sum(billed_cost_usd), 0) <> 0
        or coalesce(sum(consumed_quantity), 0) <> 0

),

differing as (

    select sku_id || ' on ' || cast(usage_date as string) || ' as a bill' as problem from by_sku
    union all
    select model || ' on ' || cast(usage_date as string) || ' in the ledger' as problem from ledger_by_sku
    union all
    select charge_id as problem from lines
    union all
    select charge_id || ' lacks a day, a provider, an owner or its rule' as problem from ledger
    where
        charge_date is null or billing_month_start_date is null or provider_name is null or charge_category is null
        or cost_pool is null or owner_rule is null or is_counted is null or is_direct is null
        or (is_direct and (team_id is null or business_unit_id is null or cost_centre is null or customer_id is null))

)

select * from differing
