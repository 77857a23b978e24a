{# one row per offer x series of usage x usage basis x level that can be bought x case: what all hours of the case together cost at that level.
   The levels are the best of each case, no commitment at all, the floor that is used in every hour, and the smallest that is sold #}

with curves as (

    select * from {{ ref('int_commitment_curves') }}

),

offers as (

    select * from {{ ref('int_commitment_offers') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

judged as (

    select distinct
        curves.series_id,
        curves.history_id,
        curves.usage_basis,
        curves.usage_case,
        cases.hours
    from curves
    inner join cases on curves.history_id = cases.history_id and curves.usage_case = cases.usage_case

),

{# What a unit costs in all hours, among what units replace: the last unit that is worth it ends where they replace no more than that. #}
marked as (

    select
        series_id,
        usage_basis,
        usage_case,
        cast(null as string) as offer_id,
        usd_per_unit_above as usd_per_unit,
        level_units
    from curves
    union all
    select
        judged.series_id,
        judged.usage_basis,
        judged.usage_case,
        offers.offer_id,
        cast(offers.usd_per_unit_hour * judged.hours as decimal(22, 12)) as usd_per_unit,
        cast(null as decimal(15, 6)) as level_units
    from judged
    inner join offers on judged.series_id = offers.series_id

),

met as (

    select
        *,
        min(level_units) over (
            partition by series_id, usage_basis, usage_case
            order by usd_per_unit desc, case when offer_id is null then 1 else 0 end asc, level_units asc nulls last, offer_id asc nulls last
            rows between current row and unbounded following
        ) as best_units
    from marked

),

floors as (

    select
        judged.series_id,
        judged.usage_basis,
        min(curves.level_units) as floor_units
    from judged
    inner join curves
        on
            judged.series_id = curves.series_id
            and judged.usage_basis = curves.usage_basis
            and judged.usage_case = curves.usage_case
    where judged.usage_case = 'as_judged' and curves.hours_above < judged.hours
    group by judged.series_id, judged.usage_basis

),

roundings as (

    select cast(rounding as integer) as rounding from (values (0), (1)) as roundings (rounding)

),

wanted as (

    select
        offers.offer_id,
        offers.series_id,
        met.usage_basis,
        {{ decimal_of_double(
            'greatest((floor(' ~ ratio('met.best_units', 'offers.unit_increment') ~ ') + roundings.rounding) * offers.unit_increment, offers.minimum_units)',
            'decimal(15, 6)'
        ) }} as level_units,
        false as is_stable,
        false as is_smallest
    from met
    inner join offers on met.offer_id = offers.offer_id and met.series_id = offers.series_id
    cross join roundings
    union all
    select
        offers.offer_id,
        offers.series_id,
        floors.usage_basis,
        case
            when floors.floor_units < offers.minimum_units then 0
            else {{ decimal_of_double('floor(' ~ ratio('floors.floor_units', 'offers.unit_increment') ~ ') * offers.unit_increment', 'decimal(15, 6)') }}
        end as level_units,
        true as is_stable,
        false as is_smallest
    from floors
    inner join offers on floors.series_id = offers.series_id
    union all
    select
        offers.offer_id,
        offers.series_id,
        judged.usage_basis,
        case when kinds.is_smallest then offers.minimum_units else 0 end as level_units,
        false as is_stable,
        kinds.is_smallest
    from (select distinct series_id, usage_basis from judged) as judged
    inner join offers on judged.series_id = offers.series_id
    cross join (values (true), (false)) as kinds (is_smallest)

),

levels as (

    select
        offer_id,
        series_id,
        usage_basis,
        cast(level_units as decimal(15, 6)) as level_units,
        bool_or(is_stable) as is_stable,
        bool_or(is_smallest) as is_smallest
    from wanted
    group by all

),

placed as (

    select
        series_id, usage_basis, usage_case, cast(null as string) as offer_id, level_units, hours_change, usd_per_unit_change, used_change, covered_change_usd,
        false as is_stable, false as is_smallest, cast(null as decimal(9, 0)) as hours
    from curves
    union all
    select
        levels.series_id, levels.usage_basis, judged.usage_case, levels.offer_id, levels.level_units, 0 as hours_change, 0 as usd_per_unit_change, 0 as used_change,
        0 as covered_change_usd, levels.is_stable, levels.is_smallest, judged.hours
    from levels
    inner join judged on levels.series_id = judged.series_id and levels.usage_basis = judged.usage_basis

),

{# Every hour settled at every level, by running sums: those below it are covered whole, those above it for its units. #}
summed as (

    select
        offer_id, series_id, usage_basis, usage_case, level_units, is_stable, is_smallest, hours,
        cast(sum(hours_change) over up_to_the_level as decimal(19, 0)) as hours_above,
        cast(sum(usd_per_unit_change) over up_to_the_level as decimal(22, 12)) as usd_per_unit_above,
        cast(sum(used_change) over up_to_the_level as decimal(25, 6)) as used_below,
        cast(sum(case when level_units = 0 then hours_change else 0 end) over (partition by series_id, usage_basis, usage_case) as bigint) as hours_with_usage,
        {{ money('sum(covered_change_usd) over up_to_the_level') }} as covered_below_usd,
        {{ money('sum(covered_change_usd) over (partition by series_id, usage_basis, usage_case)') }} as on_demand_cost_usd
    from placed
    window up_to_the_level as (partition by series_id, usage_basis, usage_case order by level_units)

),

settled as (

    select
        summed.offer_id, summed.series_id, summed.usage_basis, summed.level_units, summed.usage_case, summed.is_stable, summed.is_smallest,
        summed.hours_with_usage,
        summed.on_demand_cost_usd,
        {{ money('summed.covered_below_usd + cast(summed.level_units * summed.usd_per_unit_above as decimal(28, 12))') }} as covered_usd,
        cast(summed.used_below + summed.level_units * summed.hours_above as decimal(25, 6)) as used_unit_hours,
        {{ money('cast(summed.level_units * offers.usd_per_unit_hour as decimal(26, 12)) * summed.hours') }} as commitment_cost_usd
    from summed
    inner join offers on summed.offer_id = offers.offer_id and summed.series_id = offers.series_id

),

final as (

    select
        *,
        {{ money('on_demand_cost_usd - covered_usd + commitment_cost_usd') }} as total_cost_usd
    from settled

)

select * from final
