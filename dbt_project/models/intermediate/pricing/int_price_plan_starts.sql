{# one row per customer with fees or cost in the trailing 30 days: from when it may be asked for the price of another plan; who loses money first, the others once it is
   seen who of them left #}

with customer_margins as (

    select * from {{ ref('int_customer_margins') }}
    where has_activity

),

contracts as (

    select * from {{ ref('customer_contracts') }}

),

as_of as (

    select
        as_of_date,
        as_of_date + {{ assumption('price_preparation_days', 'integer') }} + {{ assumption('price_notice_days', 'integer') }} as notice_end_date,
        as_of_date + {{ assumption('price_preparation_days', 'integer') }} + {{ assumption('price_notice_days', 'integer') }} + {{ assumption('price_wave_gap_days', 'integer') }} as second_wave_date
    from {{ ref('int_as_of_date') }}

),

bound as (

    select
        contracts.customer_id,
        max(contracts.valid_to) as contract_end_date,
        {# The last day that a calendar knows is how many systems write that there is no end. #}
        bool_or(contracts.valid_to is null or contracts.valid_to >= cast('9999-12-31' as date)) as has_no_end
    from contracts
    inner join as_of on contracts.valid_to is null or contracts.valid_to > as_of.as_of_date
    group by contracts.customer_id

),

waves as (

    select
        customer_margins.customer_id,
        as_of.as_of_date,
        case when customer_margins.gross_margin_usd < 0 then 1 else 2 end as wave,
        case when customer_margins.gross_margin_usd < 0 then as_of.notice_end_date else as_of.second_wave_date end as wave_from_date
    from customer_margins
    cross join as_of

),

dated as (

    select
        waves.customer_id,
        waves.as_of_date,
        waves.wave,
        waves.wave_from_date,
        case when not bound.has_no_end then bound.contract_end_date end as contract_end_date,
        case
            when bound.customer_id is null then 'none on file'
            when bound.has_no_end then 'on file, without an end'
            else 'on file'
        end as contract_status,
        case when not coalesce(bound.has_no_end, false) then greatest(waves.wave_from_date, coalesce(bound.contract_end_date, waves.wave_from_date)) end as moved_from_date
    from waves
    left join bound on waves.customer_id = bound.customer_id

)

select
    *,
    {{ decimal_of_double(ratio(days_between('as_of_date', 'moved_from_date'), days_of_mean_month()), 'decimal(9, 6)') }} as months_to_start
from dated
