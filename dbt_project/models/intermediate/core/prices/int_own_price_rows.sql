{# one row per price of your own list under each name that calls use: provider x model x service tier x token class x
   start x day recorded x days and hours of the week #}

{{ config(materialized='view') }}

{% set price_columns = ['provider', 'model', 'service_tier', 'token_class', 'usd_per_million_tokens', 'valid_from', 'price_source', 'recorded_on'] %}

with model_prices as (

    select * from {{ ref('model_prices') }}

),

demo_prices as (

    select * from {{ ref('demo_prices') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

),

model_aliases as (

    select * from {{ ref('model_aliases') }}

),

{# The demo company's list is part of your own while its generated calls are there, and is nothing otherwise. #}
own_prices as (

    select {{ price_columns | join(', ') }}, weekdays, hours_utc from model_prices
    union all
    select demo_prices.{{ price_columns | join(', demo_prices.') }}, cast(null as string) as weekdays, cast(null as string) as hours_utc
    from demo_prices
    anti join model_prices
        on
            demo_prices.provider = model_prices.provider
            and demo_prices.model = model_prices.model
            and demo_prices.service_tier = model_prices.service_tier
            and demo_prices.token_class = model_prices.token_class
            and demo_prices.valid_from = model_prices.valid_from
    where {{ '1 = 1' if holds_generated_calls() else '1 = 0' }}

),

own_models as (

    select distinct provider, model from own_prices

),

{# What you list holds for every name under which calls use the model. #}
own_names as (

    select provider, model, provider as priced_provider, model as priced_model from own_models
    union
    select provider, model, priced_provider, priced_model from model_aliases
    union
    select models_resolved.provider, models_resolved.model, models_resolved.priced_provider, models_resolved.priced_model
    from models_resolved
    anti join own_models on models_resolved.provider = own_models.provider and models_resolved.model = own_models.model
    anti join model_aliases on models_resolved.provider = model_aliases.provider and models_resolved.model = model_aliases.model

),

named as (

    select
        own_names.provider,
        own_names.model,
        prices.service_tier,
        prices.token_class,
        prices.valid_from,
        prices.weekdays,
        prices.hours_utc,
        prices.recorded_on,
        prices.usd_per_million_tokens,
        prices.price_source
    from own_prices as prices
    inner join own_names on prices.provider = own_names.priced_provider and prices.model = own_names.priced_model

)

select * from named
