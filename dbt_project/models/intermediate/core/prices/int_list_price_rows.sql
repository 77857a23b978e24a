{# one row per stated list price: provider x model x service tier x token class x smallest input x start x day recorded x
   days and hours of the week, under the names that calls use. Your own list first; the price book for what it does not list. #}

{% set price_columns = ['provider', 'model', 'service_tier', 'token_class', 'usd_per_million_tokens', 'valid_from', 'price_source', 'recorded_on'] %}

with model_prices as (

    select * from {{ ref('model_prices') }}

),

demo_prices as (

    select * from {{ ref('demo_prices') }}

),

model_aliases as (

    select * from {{ ref('model_aliases') }}

),

price_book as (

    select * from {{ ref('price_book') }}

),

price_book_meters as (

    select * from {{ ref('price_book_meters') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

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

own as (

    select
        own_names.provider,
        own_names.model,
        prices.service_tier,
        prices.token_class,
        cast(0 as bigint) as min_input_tokens,
        prices.valid_from,
        prices.recorded_on,
        prices.weekdays,
        prices.hours_utc,
        prices.usd_per_million_tokens,
        prices.price_source
    from own_prices as prices
    inner join own_names on prices.provider = own_names.priced_provider and prices.model = own_names.priced_model

),

own_tiers as (

    select distinct provider, model, service_tier from own

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
        book.weekdays,
        book.hours_utc,
        {# Where a publisher names no price for the cache, what is read from it or written to it is charged as input;
           not where the input has a price of your own. #}
        case classes.token_class
            when 'input' then book.usd_per_million_input_tokens
            when 'output' then book.usd_per_million_output_tokens
            else coalesce(
                case classes.token_class
                    when 'cached_input' then book.usd_per_million_cached_input_tokens
                    else book.usd_per_million_cache_write_tokens
                end,
                case when own_tiers.provider is null then book.usd_per_million_input_tokens end
            )
        end as usd_per_million_tokens,
        book.package || ' ' || book.release as price_source
    from models_resolved
    inner join price_book as book
        on
            models_resolved.package = book.package
            and models_resolved.priced_provider = book.provider
            and models_resolved.priced_model = book.model
    cross join classes
    left join own_tiers
        on
            models_resolved.provider = own_tiers.provider
            and models_resolved.model = own_tiers.model
            and book.service_tier = own_tiers.service_tier
    anti join own
        on
            models_resolved.provider = own.provider
            and models_resolved.model = own.model
            and book.service_tier = own.service_tier
            and classes.token_class = own.token_class

),

{# A price that no meter of your own list goes before. Stated per million, as the prices of tokens. #}
published_meters as (

    select
        models_resolved.provider,
        models_resolved.model,
        meters.service_tier,
        meters.meter as token_class,
        meters.min_input_tokens,
        meters.valid_from,
        meters.recorded_on,
        meters.weekdays,
        meters.hours_utc,
        cast(meters.usd_per_unit * 1000000 as decimal(18, 6)) as usd_per_million_tokens,
        meters.package || ' ' || meters.release as price_source
    from models_resolved
    inner join price_book_meters as meters
        on
            models_resolved.package = meters.package
            and models_resolved.priced_provider = meters.provider
            and models_resolved.priced_model = meters.model
    anti join own
        on
            models_resolved.provider = own.provider
            and models_resolved.model = own.model
            and meters.service_tier = own.service_tier
            and meters.meter = own.token_class

),

stated as (

    select * from own
    union all
    select * from published
    union all
    select * from published_meters

)

select * from stated
