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

dates as (

    select distinct history_id, usage_date
    from hours

),

{# Days that belong to the same cases are one segment. #}
segments as (

    select
        dates.history_id,
        dates.usage_date,
        {{ string_agg_sorted('cases.usage_case', '+') }} as segment
    from dates
    inner join cases on dates.history_id = cases.history_id and cases.first_date <= dates.usage_date and dates.usage_date <= cases.last_date
    group by dates.history_id, dates.usage_date

),

segment_cases as (

    select distinct
        segments.history_id,
        segments.segment,
        cases.usage_case,
        cases.usage_factor
    from segments
    inner join cases on segments.history_id = cases.history_id and cases.first_date <= segments.usage_date and segments.usage_date <= cases.last_date

),

{# Hours of a segment that demand the same are one row: there are few of them, however many hours. #}
alike as (

    select
        hours.series_id,
        hours.history_id,
        hours.usage_basis,
        segments.segment,
        hours.units_before,
        hours.demanded_units,
        hours.usd_per_demanded_unit,
        cast(count(*) as decimal(9, 0)) as hours,
        {{ money('sum(hours.on_demand_cost_usd)') }} as on_demand_cost_usd
    from hours
    inner join segments on hours.history_id = segments.history_id and hours.usage_date = segments.usage_date
    group by
        hours.series_id, hours.history_id, hours.usage_basis, segments.segment, hours.units_before, hours.demanded_units, hours.usd_per_demanded_unit

),

{# What an hour demands lies between two levels: below the first others are served before it, above the second nothing of it is left. #}
scaled as (

    select
        alike.series_id,
        alike.history_id,
        alike.usage_basis,
        segment_cases.usage_case,
        alike.hours,
        cast(alike.units_before * segment_cases.usage_factor as decimal(15, 6)) as lower_units,
        cast((alike.units_before + alike.demanded_units) * segment_cases.usage_factor as decimal(15, 6)) as upper_units,
        {{ money('alike.on_demand_cost_usd * segment_cases.usage_factor') }} as on_demand_cost_usd,
        cast(alike.usd_per_demanded_unit * alike.hours as decimal(22, 12)) as usd_per_unit
    from alike
    inner join segment_cases on alike.history_id = segment_cases.history_id and alike.segment = segment_cases.segment

),

{# Below both levels a unit replaces nothing of it, between them its price, above them the whole has been replaced. #}
changes as (

    select
        series_id,
        history_id,
        usage_basis,
        usage_case,
        lower_units as level_units,
        hours as hours_change,
        usd_per_unit as usd_per_unit_change,
        -lower_units * hours as used_change,
        {{ money('-lower_units * usd_per_unit') }} as covered_change_usd
    from scaled
    union all
    select
        series_id,
        history_id,
        usage_basis,
        usage_case,
        upper_units as level_units,
        -hours as hours_change,
        -usd_per_unit as usd_per_unit_change,
        upper_units * hours as used_change,
        {{ money('on_demand_cost_usd + lower_units * usd_per_unit') }} as covered_change_usd
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
