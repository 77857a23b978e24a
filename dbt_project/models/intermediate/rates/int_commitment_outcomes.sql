{# one row per offer on sale x usage basis x level kind: what it saves per 30 days in each case, and whether to sign it #}

with commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

results as (

    select * from {{ ref('int_commitment_results') }}

),

choices as (

    select * from {{ ref('int_commitment_choices') }}

),

period as (

    select * from {{ ref('int_commitment_period') }}

),

cases as (

    select
        bases.usage_basis,
        kinds.level_kind
    from (values ('as_used'), ('after_actions')) as bases (usage_basis)
    cross join (values ('optimal'), ('stable'), ('smallest')) as kinds (level_kind)

),

judged as (

    select
        offers.*,
        cases.usage_basis,
        cases.level_kind,
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
    cross join cases
    cross join period
    left join results
        on offers.offer_id = results.offer_id and cases.usage_basis = results.usage_basis and cases.level_kind = results.level_kind
    left join choices
        on offers.offer_id = choices.offer_id and cases.usage_basis = choices.usage_basis and cases.level_kind = choices.level_kind
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
