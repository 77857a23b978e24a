{# Each hour settled by itself at the level that was chosen gives what the running sums of the search give; they are computed in different ways. #}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

model_hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

cloud_hours as (

    select * from {{ ref('int_cloud_commitment_hours') }}

),

hours as (

    select offer_id as series_id, usage_basis, usage_hour_at, 0 as units_before, demanded_units, on_demand_cost_usd, usd_per_demanded_unit
    from model_hours
    union all
    select series_id, usage_basis, usage_hour_at, units_before, demanded_units, on_demand_cost_usd, usd_per_demanded_unit
    from cloud_hours

),

settled as (

    select
        outcomes.offer_id,
        outcomes.series_id,
        outcomes.usage_basis,
        outcomes.level_kind,
        max(outcomes.covered_usd) as covered_usd,
        sum(
            case
                when hours.units_before + hours.demanded_units <= outcomes.committed_units then hours.on_demand_cost_usd
                when hours.units_before < outcomes.committed_units
                    then cast((outcomes.committed_units - hours.units_before) * hours.usd_per_demanded_unit as decimal(28, 12))
                else 0
            end
        ) as settled_usd
    from outcomes
    inner join hours
        on
            outcomes.series_id = hours.series_id
            and outcomes.usage_basis = hours.usage_basis
            and outcomes.lookback_start_date <= cast(hours.usage_hour_at as date)
            and cast(hours.usage_hour_at as date) <= outcomes.lookback_end_date
    where outcomes.history_id = 'models' or outcomes.is_recommended
    group by outcomes.offer_id, outcomes.series_id, outcomes.usage_basis, outcomes.level_kind

)

{# the search adds rounded prices, the settlement rounds each hour: 12 decimals, times the hours #}
select * from settled
where abs(covered_usd - settled_usd) > 0.000001
