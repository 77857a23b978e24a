{# The ledger holds the usage of every day, provider, model and service tier at the same costs as the daily fact, to the last decimal. #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

usage_charges as (

    select * from {{ ref('int_usage_charges') }}

),

ledger as (

    select * from {{ ref('fct_charges') }}

),

compared as (

    select usage_date, provider, model, service_tier, list_cost_usd, contracted_cost_usd, effective_cost_usd, billed_cost_usd
    from usage_daily
    union all
    select
        usage_date,
        provider,
        model,
        service_tier,
        -list_cost_usd as list_cost_usd,
        -contracted_cost_usd as contracted_cost_usd,
        -effective_cost_usd as effective_cost_usd,
        -billed_cost_usd as billed_cost_usd
    from usage_charges

),

by_sku as (

    select usage_date, provider, model, service_tier
    from compared
    group by usage_date, provider, model, service_tier
    having
        coalesce(sum(list_cost_usd), 0) <> 0
        or coalesce(sum(contracted_cost_usd), 0) <> 0
        or coalesce(sum(effective_cost_usd), 0) <> 0
        or coalesce(sum(billed_cost_usd), 0) <> 0

),

totals as (

    select sum(effective_cost_usd) as effective_cost_usd, sum(billed_cost_usd) as billed_cost_usd
    from usage_charges
    union all
    select -sum(effective_cost_usd) as effective_cost_usd, -sum(billed_cost_usd) as billed_cost_usd
    from ledger
    where source = 'calls'

),

in_the_ledger as (

    select 'ledger' as problem
    from totals
    having coalesce(sum(effective_cost_usd), 0) <> 0 or coalesce(sum(billed_cost_usd), 0) <> 0

),

differing as (

    select model || ' on ' || cast(usage_date as string) as problem from by_sku
    union all
    select problem from in_the_ledger

)

select * from differing
