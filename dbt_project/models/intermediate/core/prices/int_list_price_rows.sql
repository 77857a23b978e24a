{# one row per stated list price: provider x model x service tier x token class x smallest input x start x day recorded x
   days and hours of the week, under the names that calls use. Your own list first; the price book for what it does not list. #}

{{ config(materialized='view') }}

with own_price_rows as (

    select * from {{ ref('int_own_price_rows') }}

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

own as (

    select
        provider,
        model,
        service_tier,
        token_class,
        cast(0 as bigint) as min_input_tokens,
        valid_from,
        recorded_on,
        weekdays,
        hours_utc,
        usd_per_million_tokens,
        price_source
    from own_price_rows

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
