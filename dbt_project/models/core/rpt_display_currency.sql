{# one row: the currency that reports show amounts in, and its rate on the as-of date; none without a day of calls #}

with currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

chosen as (

    select
        as_of_date,
        '{{ var("display_currency") }}' as currency
    from as_of
    where as_of_date is not null

),

final as (

    select
        chosen.as_of_date,
        chosen.currency,
        case
            when chosen.currency = 'USD' then cast(1 as decimal(13, 10))
            else currency_rates.usd_per_unit
        end as usd_per_unit,
        currency_rates.valid_from as rate_date
    from chosen
    left join currency_rates
        on
            nullif(chosen.currency, 'USD') = currency_rates.currency
            and chosen.as_of_date >= currency_rates.valid_from
            and chosen.as_of_date < currency_rates.valid_to
            and currency_rates.usd_per_unit > 0

)

select * from final
