{# one row per offer x usage basis x usage factor x candidate level: what all hours together would cost at that level.
   Every hourly level that was observed is tried, rounded down and up to what is sold, and no commitment at all. #}

with hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

period as (

    select * from {{ ref('int_commitment_period') }}

),

scaled as (

    select
        hours.offer_id,
        hours.usage_basis,
        cases.usage_case,
        cast(hours.demanded_units * cases.usage_factor as decimal(15, 6)) as level_units,
        {{ money('hours.on_demand_cost_usd * cases.usage_factor') }} as cost_usd,
        hours.usd_per_demanded_unit
    from hours
    cross join cases

),

roundings as (

    select cast(rounding as integer) as rounding from (values (0), (1)) as roundings (rounding)

),

{# No commitment at all is a level, too; any other is at least the smallest that is sold. #}
candidates as (

    select
        scaled.offer_id,
        scaled.usage_basis,
        scaled.usage_case,
        {{ decimal_of_double(
            'greatest((floor(' ~ ratio('scaled.level_units', 'offers.unit_increment') ~ ') + roundings.rounding) * offers.unit_increment, offers.minimum_units)',
            'decimal(15, 6)'
        ) }} as level_units
    from scaled
    inner join commitment_offers as offers on scaled.offer_id = offers.offer_id
    cross join roundings
    union
    select
        offer_id,
        usage_basis,
        usage_case,
        cast(0 as decimal(15, 6)) as level_units
    from scaled

),

marked as (

    select *, false as is_candidate from scaled
    union all
    select *, {{ money(0) }} as cost_usd, cast(0 as decimal(22, 12)) as usd_per_demanded_unit, true as is_candidate from candidates

),

{# Hours up to the level are covered whole, hours above it for `level` units: two running sums judge all levels in one pass. #}
cumulated as (

    select
        offer_id,
        usage_basis,
        usage_case,
        level_units,
        is_candidate,
        sum(cost_usd) over (partition by offer_id, usage_basis, usage_case) as on_demand_cost_usd,
        sum(cost_usd) over (partition by offer_id, usage_basis, usage_case order by level_units) as whole_hours_usd,
        sum(usd_per_demanded_unit) over (partition by offer_id, usage_basis, usage_case)
        - sum(usd_per_demanded_unit) over (partition by offer_id, usage_basis, usage_case order by level_units) as usd_per_unit_above
    from marked

),

covered as (

    select
        *,
        {{ money('whole_hours_usd + cast(level_units * cast(usd_per_unit_above as decimal(22, 12)) as decimal(28, 12))') }} as covered_usd
    from cumulated
    where is_candidate

),

costed as (

    select
        covered.offer_id,
        covered.usage_basis,
        covered.usage_case,
        covered.level_units,
        {{ money('covered.on_demand_cost_usd') }} as on_demand_cost_usd,
        covered.covered_usd,
        {{ money('cast(covered.level_units * offers.usd_per_unit_hour as decimal(26, 12)) * period.lookback_hours') }} as commitment_cost_usd
    from covered
    inner join commitment_offers as offers on covered.offer_id = offers.offer_id
    cross join period

),

totalled as (

    select
        *,
        {{ money('on_demand_cost_usd - covered_usd + commitment_cost_usd') }} as total_cost_usd
    from costed

)

select * from totalled
