{# What those who held the cards of a machine bear, and what was idle, is what the ledger has for it; what its owner is billed is the same. To the last decimal. #}

with gpu_costs as (

    select * from {{ ref('int_gpu_costs_allocated') }}

),

ledger as (

    select * from {{ ref('fct_charges') }}

),

paid as (

    select distinct resource_id
    from gpu_costs
    where cost_usd is not null

),

compared as (

    select usage_date, provider_name, resource_id, cost_usd, ledger_cost_usd from gpu_costs
    where cost_usd is not null
    union all
    select
        charge_date as usage_date,
        provider_name,
        resource_id,
        -effective_cost_usd as cost_usd,
        -effective_cost_usd as ledger_cost_usd
    from ledger
    where is_counted and origin_charge_id is not null and resource_id in (select paid.resource_id from paid)

),

differing as (

    select usage_date, provider_name, resource_id
    from compared
    group by usage_date, provider_name, resource_id
    having coalesce(sum(cost_usd), 0) <> 0 or coalesce(sum(ledger_cost_usd), 0) <> 0

)

select * from differing
