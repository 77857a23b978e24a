{# Where no rate is negotiated, effective cost is at least what was billed and known; a row never shows less than its charge. #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

contract_rates as (

    select * from {{ ref('int_contract_rates') }}

),

hidden as (

    select usage_daily.*
    from usage_daily
    left join contract_rates
        on
            usage_daily.provider = contract_rates.provider
            and usage_daily.model = contract_rates.model
            and usage_daily.service_tier = contract_rates.service_tier
    where
        contract_rates.provider is null
        and coalesce(usage_daily.effective_cost_usd, 0) < coalesce(usage_daily.billed_cost_usd, 0)

)

select * from hidden
