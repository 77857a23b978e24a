{# one row per band of gross margin share, and one each for customers without revenue, without activity and of unknown cost; trailing 30 days #}

with customer_margins as (

    select * from {{ ref('int_customer_margins') }}

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
        'share' as band_kind
    from margin_bands
    union all
    select
        101 as band_order,
        'no revenue' as margin_band,
        null as from_margin_share,
        null as to_margin_share,
        'no_revenue' as band_kind
    union all
    select
        102 as band_order,
        'no activity' as margin_band,
        null as from_margin_share,
        null as to_margin_share,
        'no_activity' as band_kind
    union all
    select
        103 as band_order,
        'cost unknown' as margin_band,
        null as from_margin_share,
        null as to_margin_share,
        'cost_unknown' as band_kind

),

kinds as (

    select
        *,
        case
            when margin_status in ('no_activity', 'cost_unknown') then margin_status
            when gross_margin_share is null then 'no_revenue'
            else 'share'
        end as band_kind
    from customer_margins

),

banded as (

    select
        bands.band_order,
        bands.margin_band,
        bands.from_margin_share,
        bands.to_margin_share,
        count(kinds.customer_id) as customers,
        coalesce({{ money('sum(kinds.revenue_usd)') }}, {{ money(0) }}) as revenue_usd,
        coalesce({{ money('sum(kinds.cost_to_serve_usd)') }}, {{ money(0) }}) as cost_to_serve_usd,
        case
            when bands.band_kind <> 'cost_unknown' then coalesce({{ money('sum(kinds.gross_margin_usd)') }}, {{ money(0) }})
        end as gross_margin_usd
    from bands
    left join kinds
        on
            bands.band_kind = kinds.band_kind
            and (bands.from_margin_share is null or kinds.gross_margin_share >= bands.from_margin_share)
            and (bands.to_margin_share is null or kinds.gross_margin_share < bands.to_margin_share)
    group by bands.band_order, bands.margin_band, bands.band_kind, bands.from_margin_share, bands.to_margin_share

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
