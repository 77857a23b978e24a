{# one row per series of usage x usage basis x case x level at which something changes: what a further unit above it would replace, and in how many hours #}

with model_hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

cloud_hours as (

    select * from {{ ref('int_cloud_commitment_hours') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

hours as (

    select
        offer_id as series_id,
        'models' as history_id,
        usage_basis,
        cast(usage_hour_at as date) as usage_date,
        cast(0 as decimal(15, 6)) as units_before,
        demanded_units,
        on_demand_cost_usd,
        usd_per_demanded_unit
    from model_hours
    union all
    select
        series_id,
        history_id,
        usage_basis,
        cast(usage_hour_at as date) as usage_date,
        units_before,
        demanded_units,
        on_demand_cost_usd,
        usd_per_demanded_unit
    from cloud_hours

),

{# What an hour demands lies between two levels: below the first others are served before it, above the second nothing of it is left. #}
scaled as (

    select
        hours.series_id,
        hours.history_id,
        hours.usage_basis,
        cases.usage_case,
        cast(hours.units_before * cases.usage_factor as decimal(15, 6)) as lower_units,
        cast((hours.units_before + hours.demanded_units) * cases.usage_factor as decimal(15, 6)) as upper_units,
        {{ money('hours.on_demand_cost_usd * cases.usage_factor') }} as on_demand_cost_usd,
        hours.usd_per_demanded_unit
    from hours
    inner join cases
        on hours.history_id = cases.history_id and cases.first_date <= hours.usage_date and hours.usage_date <= cases.last_date

),

{# Below both levels a unit replaces nothing of it, between them its price, above them the whole has been replaced. #}
changes as (

    select
        series_id,
        history_id,
        usage_basis,
        usage_case,
        lower_units as level_units,
        1 as hours_change,
        usd_per_demanded_unit as usd_per_unit_change,
        -lower_units as used_change,
        {{ money('-lower_units * usd_per_demanded_unit') }} as covered_change_usd
    from scaled
    union all
    select
        series_id,
        history_id,
        usage_basis,
        usage_case,
        upper_units as level_units,
        -1 as hours_change,
        -usd_per_demanded_unit as usd_per_unit_change,
        upper_units as used_change,
        {{ money('on_demand_cost_usd + lower_units * usd_per_demanded_unit') }} as covered_change_usd
    from scaled

),

by_level as (

    select
        series_id,
        history_id,
        usage_basis,
        usage_case,
        level_units,
        cast(sum(hours_change) as bigint) as hours_change,
        cast(sum(usd_per_unit_change) as decimal(22, 12)) as usd_per_unit_change,
        cast(sum(used_change) as decimal(25, 6)) as used_change,
        {{ money('sum(covered_change_usd)') }} as covered_change_usd
    from changes
    group by series_id, history_id, usage_basis, usage_case, level_units

),

curves as (

    select
        *,
        cast(sum(hours_change) over up_to_the_level as bigint) as hours_above,
        cast(sum(usd_per_unit_change) over up_to_the_level as decimal(22, 12)) as usd_per_unit_above
    from by_level
    window up_to_the_level as (partition by series_id, usage_basis, usage_case order by level_units)

)

select * from curves
