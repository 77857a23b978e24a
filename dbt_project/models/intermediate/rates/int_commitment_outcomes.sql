{# one row per offer on sale x usage basis x level kind: what it saves per 30 days in each case, and whether to sign it #}

with commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

choices as (

    select * from {{ ref('int_commitment_choices') }}

),

period as (

    select * from {{ ref('int_commitment_period') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

{# Every hour settled at the chosen level, with usage as judged, less and more. #}
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

),

kinds as (

    select
        bases.usage_basis,
        level_kinds.level_kind
    from (values ('as_used'), ('after_actions')) as bases (usage_basis)
    cross join (values ('optimal'), ('stable'), ('smallest')) as level_kinds (level_kind)

),

judged as (

    select
        offers.*,
        kinds.usage_basis,
        kinds.level_kind,
        period.lookback_start_date,
        period.lookback_end_date,
        cast(period.lookback_hours as bigint) as lookback_hours,
        coalesce(results.committed_units, 0) as committed_units,
        coalesce(results.hours_with_usage, 0) as hours_with_usage,
        coalesce(results.on_demand_cost_usd, 0) as on_demand_cost_usd,
        coalesce(results.covered_usd, 0) as covered_usd,
        coalesce(results.commitment_cost_usd, 0) as commitment_cost_usd,
        results.utilization_share,
        choices.best_units_less_usage,
        choices.best_units_more_usage,
        {{ money('(results.covered_usd - results.commitment_cost_usd) * period.months_per_lookback') }} as net_monthly_savings_usd,
        {{ money('(results.on_demand_cost_less_usage_usd - results.total_cost_less_usage_usd) * period.months_per_lookback') }}
            as net_monthly_savings_less_usage_usd,
        {{ money('(results.on_demand_cost_more_usage_usd - results.total_cost_more_usage_usd) * period.months_per_lookback') }}
            as net_monthly_savings_more_usage_usd,
        {{ money('(results.total_cost_less_usage_usd - choices.best_cost_less_usage_usd) * period.months_per_lookback') }} as regret_less_usage_usd,
        {{ money('(results.total_cost_more_usage_usd - choices.best_cost_more_usage_usd) * period.months_per_lookback') }} as regret_more_usage_usd
    from commitment_offers as offers
    cross join kinds
    cross join period
    left join results
        on offers.offer_id = results.offer_id and kinds.usage_basis = results.usage_basis and kinds.level_kind = results.level_kind
    left join choices
        on offers.offer_id = choices.offer_id and kinds.usage_basis = choices.usage_basis and kinds.level_kind = choices.level_kind
    where offers.valid_from <= period.lookback_end_date and period.lookback_end_date < offers.valid_to

),

classed as (

    select
        judged.*,
        {{ money('judged.committed_units * judged.usd_per_unit_hour') }} as hourly_commitment_usd,
        case
            when judged.on_demand_cost_usd = 0 then 'no usage'
            when judged.committed_units = 0 or judged.net_monthly_savings_usd <= 0 then 'does not pay'
            when judged.net_monthly_savings_less_usage_usd < 0 then 'loses if usage falls'
            when judged.net_monthly_savings_usd < {{ assumption('commitment_min_savings_usd') }} then 'saves too little'
            else 'pays'
        end as outcome
    from judged

),

{# Offers of one provider cover the same usage, so at most one of them can be recommended. #}
ranked as (

    select
        *,
        row_number() over (
            partition by usage_basis, provider, outcome
            order by net_monthly_savings_usd desc nulls last, level_kind asc, offer_id asc
        ) as outcome_rank
    from classed

),

recommended as (

    select
        *,
        usage_basis = 'after_actions' and outcome = 'pays' and outcome_rank = 1 as is_recommended
    from ranked

)

select * from recommended
