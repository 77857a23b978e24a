{# one row per negotiated price: provider x model x service tier x token class x period #}

with price_overrides as (

    select * from {{ ref('price_overrides') }}

),

rates as (

    select
        provider,
        model,
        service_tier,
        token_class,
        cast(usd_per_million_tokens * cast(0.000001 as decimal(7, 6)) as decimal(18, 12)) as usd_per_token,
        valid_from,
        valid_to,
        weekdays,
        hours_utc,
        provider || '/' || model || '/' || service_tier || '/' || token_class || coalesce(' on ' || weekdays, '') || coalesce(' at ' || hours_utc, '') || '='
        || cast(usd_per_million_tokens as string) || ' from ' || cast(valid_from as string)
        || ' to ' || cast(valid_to as string) as rate_text
    from price_overrides

)

select * from rates
