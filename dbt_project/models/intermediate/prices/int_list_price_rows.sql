{# one row per stated list price: provider x model x service tier x token class x smallest input x start x day recorded,
   under the names that calls use. Your own list first; the price book for models that it does not name. #}

{{ config(materialized='view') }}

with model_prices as (

    select * from {{ ref('model_prices') }}

),

price_book as (

    select * from {{ ref('price_book') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

),

model_aliases as (

    select * from {{ ref('model_aliases') }}

),

own_models as (

    select distinct provider, model from model_prices

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

own as (

    select
        own_names.provider,
        own_names.model,
        prices.service_tier,
        prices.token_class,
        cast(0 as bigint) as min_input_tokens,
        prices.valid_from,
        prices.recorded_on,
        prices.usd_per_million_tokens,
        prices.price_source
    from model_prices as prices
    inner join own_names on prices.provider = own_names.priced_provider and prices.model = own_names.priced_model

),

classes as (

    select 'input' as token_class
    union all
    select 'cached_input' as token_class
    union all
    select 'cache_write' as token_class
    union all
    select 'output' as token_class

),

published as (

    select
        models_resolved.provider,
        models_resolved.model,
        book.service_tier,
        classes.token_class,
        book.min_input_tokens,
        book.valid_from,
        book.recorded_on,
        {# Where a publisher names no price for the cache, what is read from it or written to it is charged as input. #}
        case classes.token_class
            when 'input' then book.usd_per_million_input_tokens
            when 'cached_input' then coalesce(book.usd_per_million_cached_input_tokens, book.usd_per_million_input_tokens)
            when 'cache_write' then coalesce(book.usd_per_million_cache_write_tokens, book.usd_per_million_input_tokens)
            else book.usd_per_million_output_tokens
        end as usd_per_million_tokens,
        book.package || ' ' || book.release as price_source
    from models_resolved
    inner join price_book as book
        on
            models_resolved.package = book.package
            and models_resolved.priced_provider = book.provider
            and models_resolved.priced_model = book.model
    cross join classes
    anti join own on models_resolved.provider = own.provider and models_resolved.model = own.model

),

stated as (

    select * from own
    union all
    select * from published

)

select * from stated
