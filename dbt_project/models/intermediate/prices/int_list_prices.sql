{# one row per list price: provider x model x service tier x token class x period, half-open #}

with model_prices as (

    select * from {{ ref('model_prices') }}

),

dated as (

    select
        provider,
        model,
        service_tier,
        token_class,
        cast(usd_per_million_tokens * cast(0.000001 as decimal(7, 6)) as decimal(18, 12)) as usd_per_token,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by provider, model, service_tier, token_class order by valid_from),
            cast('9999-12-31 00:00:00' as timestamp)
        ) as valid_to,
        price_source
    from model_prices

)

select * from dated
