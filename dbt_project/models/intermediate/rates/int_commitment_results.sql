{# one row per offer x usage basis x level kind: every hour settled at the chosen level, with usage as judged, less and more #}

with hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

choices as (

    select * from {{ ref('int_commitment_choices') }}

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
        choices.offer_id,
        choices.usage_basis,
        choices.level_kind,
        cases.usage_case,
        choices.committed_units,
        cast(hours.demanded_units * cases.usage_factor as decimal(15, 6)) as demanded_units,
        {{ money('hours.on_demand_cost_usd * cases.usage_factor') }} as on_demand_cost_usd,
        hours.usd_per_demanded_unit
    from choices
    inner join hours on choices.offer_id = hours.offer_id and choices.usage_basis = hours.usage_basis
    cross join cases

),

settled as (

    select
        *,
        least(demanded_units, committed_units) as used_units,
        case
            when demanded_units <= committed_units then on_demand_cost_usd
            else cast(committed_units * usd_per_demanded_unit as decimal(28, 12))
        end as covered_usd
    from scaled

),

summed as (

    select
        offer_id,
        usage_basis,
        level_kind,
        usage_case,
        committed_units,
        cast(count(*) as bigint) as hours_with_usage,
        sum(used_units) as used_unit_hours,
        {{ money('sum(on_demand_cost_usd)') }} as on_demand_cost_usd,
        {{ money('sum(covered_usd)') }} as covered_usd
    from settled
    group by offer_id, usage_basis, level_kind, usage_case, committed_units

),

costed as (

    select
        summed.*,
        {{ money('cast(summed.committed_units * offers.usd_per_unit_hour as decimal(26, 12)) * period.lookback_hours') }} as commitment_cost_usd,
        {{ ratio('summed.used_unit_hours', 'summed.committed_units * period.lookback_hours') }} as utilization_share
    from summed
    inner join commitment_offers as offers on summed.offer_id = offers.offer_id
    cross join period

),

totalled as (

    select
        *,
        {{ money('on_demand_cost_usd - covered_usd + commitment_cost_usd') }} as total_cost_usd
    from costed

),

results as (

    select
        offer_id,
        usage_basis,
        level_kind,
        committed_units,
        max(case when usage_case = 'as_judged' then hours_with_usage end) as hours_with_usage,
        max(case when usage_case = 'as_judged' then utilization_share end) as utilization_share,
        max(case when usage_case = 'as_judged' then on_demand_cost_usd end) as on_demand_cost_usd,
        max(case when usage_case = 'as_judged' then covered_usd end) as covered_usd,
        max(commitment_cost_usd) as commitment_cost_usd,
        max(case when usage_case = 'less_usage' then on_demand_cost_usd end) as on_demand_cost_less_usage_usd,
        max(case when usage_case = 'less_usage' then total_cost_usd end) as total_cost_less_usage_usd,
        max(case when usage_case = 'more_usage' then on_demand_cost_usd end) as on_demand_cost_more_usage_usd,
        max(case when usage_case = 'more_usage' then total_cost_usd end) as total_cost_more_usage_usd
    from totalled
    group by offer_id, usage_basis, level_kind, committed_units

)

select * from results
