{# one row per history (that of the calls, and of each cloud's bills) x case in which a commitment is judged: which days, and with how much of their usage #}

{% set hours = '((' ~ days_between('first_date', 'last_date') ~ ' + 1) * 24)' %}

with as_of as (

    select * from {{ ref('int_as_of_date') }}

),

lines as (

    select * from {{ ref('int_commitment_lines') }}

),

{# The last day of a bill is there in part only: the one before it is the last that is whole, unless the bill ends at midnight. #}
billed as (

    select
        provider_name,
        cast(min(charge_period_start_at) as date) as first_date,
        cast(max(charge_period_end_at) as date) - 1 as last_date
    from lines
    group by provider_name

),

histories as (

    select
        'models' as history_id,
        first_usage_date as first_date,
        as_of_date as last_date
    from as_of
    union all
    select
        billed.provider_name as history_id,
        billed.first_date,
        least(billed.last_date, as_of.as_of_date) as last_date
    from billed
    cross join as_of

),

{# At most 90 days: the last third of them judges what the first two would have chosen. #}
measured as (

    select
        *,
        cast(floor(least({{ days_between('first_date', 'last_date') }} + 1, 90) / 3) as integer) as judging_days
    from histories
    where first_date <= last_date

),

cases as (

    select
        'as_judged' as usage_case,
        {{ var('commitment_lookback_days') }} as from_day,
        1 as to_day,
        cast(1 as decimal(6, 4)) as usage_factor
    union all
    select
        'less_usage' as usage_case,
        {{ var('commitment_lookback_days') }} as from_day,
        1 as to_day,
        {{ decimal_of_double('1 - ' ~ assumption('commitment_stress_share'), 'decimal(6, 4)') }} as usage_factor
    union all
    select
        'more_usage' as usage_case,
        {{ var('commitment_lookback_days') }} as from_day,
        1 as to_day,
        {{ decimal_of_double('1 + ' ~ assumption('commitment_stress_share'), 'decimal(6, 4)') }} as usage_factor
    union all
    select
        windows.usage_case,
        cast(windows.from_day as integer) as from_day,
        1 as to_day,
        cast(1 as decimal(6, 4)) as usage_factor
    from (values ('last_3', 3), ('last_7', 7), ('last_30', 30), ('last_60', 60), ('last_90', 90)) as windows (usage_case, from_day)

),

spans as (

    select
        measured.*,
        cases.usage_case,
        cases.from_day,
        cases.to_day,
        cases.usage_factor
    from measured
    cross join cases
    union all
    select
        *,
        'judging' as usage_case,
        judging_days as from_day,
        1 as to_day,
        cast(1 as decimal(6, 4)) as usage_factor
    from measured
    union all
    select
        *,
        'fitting' as usage_case,
        90 as from_day,
        judging_days + 1 as to_day,
        cast(1 as decimal(6, 4)) as usage_factor
    from measured
    where judging_days > 0

),

dated as (

    select
        history_id,
        usage_case,
        usage_factor,
        first_date <= last_date + 1 - from_day and usage_case not in ('as_judged', 'less_usage', 'more_usage') as is_whole,
        greatest(last_date + 1 - from_day, first_date) as first_date,
        last_date + 1 - to_day as last_date
    from spans

),

counted as (

    select
        *,
        cast({{ hours }} as decimal(9, 0)) as hours,
        {# What is judged is not blown up to a month where the data is younger: the other savings of the ledger are not either. #}
        {{ decimal_of_double(
            'case when ' ~ hours ~ ' >= 168 and is_whole then ' ~ ratio(720, hours) ~ ' else least(' ~ ratio(720, hours) ~ ', 1) end', 'decimal(9, 8)'
        ) }} as months
    from dated
    where first_date <= last_date

)

select * from counted
