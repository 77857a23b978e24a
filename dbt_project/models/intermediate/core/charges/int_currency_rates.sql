{# one row per currency x period of one rate, half-open #}

with currency_rates as (

    select * from {{ ref('currency_rates') }}

),

dated as (

    select
        currency,
        usd_per_unit,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by currency order by valid_from),
            cast('9999-12-31' as date)
        ) as valid_to
    from currency_rates

)

select * from dated
