{# one row per basis (charged, restated, contracted) x price: list prices and negotiated rates in one shape #}

{{ config(materialized='view') }}

with list_prices as (

    select * from {{ ref('int_list_prices') }}

),

contract_rates as (

    select * from {{ ref('int_contract_rates') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

),

{# A rate agreed for a model holds for every name under which calls use it, and whatever the size of the input. #}
named_rates as (

    select provider, model, service_tier, token_class, usd_per_token, valid_from, valid_to from contract_rates
    union
    select
        models_resolved.provider,
        models_resolved.model,
        rates.service_tier,
        rates.token_class,
        rates.usd_per_token,
        rates.valid_from,
        rates.valid_to
    from contract_rates as rates
    inner join models_resolved on rates.provider = models_resolved.priced_provider and rates.model = models_resolved.priced_model
    anti join contract_rates as own_rates on models_resolved.provider = own_rates.provider and models_resolved.model = own_rates.model

),

stated as (

    select basis, provider, model, service_tier, token_class, usd_per_token, valid_from, valid_to, min_input_tokens, next_min_input_tokens
    from list_prices
    union all
    select
        'contracted' as basis,
        provider,
        model,
        service_tier,
        token_class,
        usd_per_token,
        valid_from,
        valid_to,
        cast(0 as bigint) as min_input_tokens,
        cast(null as bigint) as next_min_input_tokens
    from named_rates

)

select * from stated
