{# one row per offer x usage basis x level kind: the level that saves most, the floor that is used
   in every hour, and the smallest that is sold #}

with levels as (

    select * from {{ ref('int_commitment_levels') }}

),

hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

period as (

    select * from {{ ref('int_commitment_period') }}

),

ranked as (

    select
        *,
        row_number() over (partition by offer_id, usage_basis, usage_case order by total_cost_usd asc, level_units asc) as cost_rank
    from levels

),

{# What the best level would have cost, had one known the usage of each case. #}
hindsight as (

    select
        offer_id,
        usage_basis,
        max(case when usage_case = 'as_judged' then level_units end) as best_units,
        max(case when usage_case = 'less_usage' then level_units end) as best_units_less_usage,
        max(case when usage_case = 'more_usage' then level_units end) as best_units_more_usage,
        max(case when usage_case = 'less_usage' then total_cost_usd end) as best_cost_less_usage_usd,
        max(case when usage_case = 'more_usage' then total_cost_usd end) as best_cost_more_usage_usd
    from ranked
    where cost_rank = 1
    group by offer_id, usage_basis

),

floors as (

    select
        hours.offer_id,
        hours.usage_basis,
        case when count(*) = max(period.lookback_hours) then min(hours.demanded_units) else 0 end as floor_units
    from hours
    cross join period
    group by hours.offer_id, hours.usage_basis

),

sellable_floors as (

    select
        floors.offer_id,
        floors.usage_basis,
        {{ decimal_of_double('floor(' ~ ratio('floors.floor_units', 'offers.unit_increment') ~ ') * offers.unit_increment', 'decimal(15, 6)') }} as floor_units,
        offers.minimum_units
    from floors
    inner join commitment_offers as offers on floors.offer_id = offers.offer_id

),

choices as (

    select
        hindsight.*,
        'optimal' as level_kind,
        hindsight.best_units as committed_units
    from hindsight
    union all
    select
        hindsight.*,
        'stable' as level_kind,
        case when floors.floor_units >= floors.minimum_units then floors.floor_units else cast(0 as decimal(15, 6)) end as committed_units
    from hindsight
    inner join sellable_floors as floors on hindsight.offer_id = floors.offer_id and hindsight.usage_basis = floors.usage_basis
    union all
    select
        hindsight.*,
        'smallest' as level_kind,
        offers.minimum_units as committed_units
    from hindsight
    inner join commitment_offers as offers on hindsight.offer_id = offers.offer_id

)

select
    offer_id,
    usage_basis,
    level_kind,
    committed_units,
    best_units,
    best_units_less_usage,
    best_units_more_usage,
    best_cost_less_usage_usd,
    best_cost_more_usage_usd
from choices
