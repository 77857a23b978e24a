{# one row: the hours on which commitments are judged, and how much of a 30-day month they are #}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

bounds as (

    select
        as_of_date,
        greatest(as_of_date + 1 - {{ var('commitment_lookback_days') }}, first_usage_date) as first_date
    from as_of

),

period as (

    select
        first_date as lookback_start_date,
        as_of_date as lookback_end_date,
        cast(({{ days_between('first_date', 'as_of_date') }} + 1) * 24 as decimal(9, 0)) as lookback_hours,
        {# Less than a month of data is not blown up to one: the other savings of the ledger are not either. #}
        {{ decimal_of_double('least(' ~ ratio(720, '(' ~ days_between('first_date', 'as_of_date') ~ ' + 1) * 24') ~ ', 1)', 'decimal(9, 8)') }} as months_per_lookback
    from bounds

)

select * from period
