{# one row per driver x UTC day that a shared pool covers x owner with units of the driver on that day: what shared costs are shared out by #}

{% set owners = owner_columns() | join(', ') %}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

shared_days as (

    select distinct charge_date from charges
    where not is_direct and is_counted

),

{# Only the days that a pool covers are summed: with no pool, nothing is. #}
usage_units as (

    select
        usage_date,
        {{ owners }},
        is_allocated,
        sum(calls) as calls,
        sum(input_tokens) + sum(output_tokens) as tokens,
        sum(effective_cost_usd) as effective_cost_usd
    from usage_owned
    where usage_date in (select shared_days.charge_date from shared_days)
    group by usage_date, {{ owners }}, is_allocated

),

{# A new driver is rows here: its name, the day, the owner and the units. #}
units as (

    select 'calls' as driver, usage_date, {{ owners }}, is_allocated, {{ money('calls') }} as driver_units
    from usage_units
    union all
    select 'tokens' as driver, usage_date, {{ owners }}, is_allocated, {{ money('tokens') }} as driver_units
    from usage_units
    union all
    select 'effective_cost' as driver, usage_date, {{ owners }}, is_allocated, {{ money('effective_cost_usd') }} as driver_units
    from usage_units

),

final as (

    select driver, usage_date, {{ owners }}, is_allocated, driver_units
    from units
    where driver_units > 0

)

select * from final
