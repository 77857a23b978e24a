{# one row per band of gross margin share, and one each for customers without revenue and without activity; trailing 30 days #}

with customer_margins as (

    select * from {{ ref('rpt_customer_margins') }}

),

margin_bands as (

    select * from {{ ref('margin_bands') }}

),

{# A share of no revenue does not exist: those customers have bands of their own, so that every customer is in exactly one. #}
bands as (

    select
        cast(band_order as integer) as band_order,
        margin_band,
        from_margin_share,
        to_margin_share,
        true as has_revenue,
        true as has_activity
    from margin_bands
    union all
    select
        101 as band_order,
        'no revenue' as margin_band,
        null as from_margin_share,
        null as to_margin_share,
        false as has_revenue,
        true as has_activity
    union all
    select
        102 as band_order,
        'no activity' as margin_band,
        null as from_margin_share,
        null as to_margin_share,
        false as has_revenue,
        false as has_activity

),

banded as (

    select
        bands.band_order,
        bands.margin_band,
        bands.from_margin_share,
        bands.to_margin_share,
        count(customer_margins.customer_id) as customers,
        coalesce({{ money('sum(customer_margins.revenue_usd)') }}, {{ money(0) }}) as revenue_usd,
        coalesce({{ money('sum(customer_margins.cost_to_serve_usd)') }}, {{ money(0) }}) as cost_to_serve_usd,
        coalesce({{ money('sum(customer_margins.gross_margin_usd)') }}, {{ money(0) }}) as gross_margin_usd
    from bands
    left join customer_margins
        on
            bands.has_revenue = (customer_margins.gross_margin_share is not null)
            and bands.has_activity = customer_margins.has_activity
            and (bands.from_margin_share is null or customer_margins.gross_margin_share >= bands.from_margin_share)
            and (bands.to_margin_share is null or customer_margins.gross_margin_share < bands.to_margin_share)
    group by bands.band_order, bands.margin_band, bands.from_margin_share, bands.to_margin_share

),

shared as (

    select
        band_order,
        margin_band,
        from_margin_share,
        to_margin_share,
        customers,
        {{ ratio('customers', 'sum(customers) over ()') }} as customer_share,
        revenue_usd,
        cost_to_serve_usd,
        gross_margin_usd
    from banded

)

select * from shared
