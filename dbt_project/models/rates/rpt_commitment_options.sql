{# one row per offer on sale x usage basis x level kind: what committing would have cost and saved, hour by hour #}

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

thresholds as (

    select * from {{ ref('int_thresholds') }}

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
        {{ money('committed_units * usd_per_unit_hour') }} as hourly_commitment_usd,
        {{ money(money('committed_units * usd_per_unit_hour * upfront_share') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as upfront_cost_usd,
        case
            when on_demand_cost_usd = 0 then 'no usage'
            when committed_units = 0 or net_monthly_savings_usd <= 0 then 'does not pay'
            when net_monthly_savings_less_usage_usd < 0 then 'loses if usage falls'
            when net_monthly_savings_usd < thresholds.commitment_min_savings_usd then 'saves too little'
            else 'pays'
        end as outcome
    from judged
    cross join thresholds

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

options as (

    select
        offer_id,
        offer_name,
        provider,
        model,
        usage_basis,
        level_kind,
        commitment_kind,
        term_months,
        payment_option,
        cast(discount_share as double) as discount_share,
        is_illustrative,
        offer_source,
        lookback_start_date,
        lookback_end_date,
        lookback_hours,
        hours_with_usage,
        committed_units,
        hourly_commitment_usd,
        on_demand_cost_usd,
        commitment_cost_usd,
        covered_usd,
        {{ money('on_demand_cost_usd - covered_usd') }} as uncovered_usd,
        {{ money('on_demand_cost_usd - covered_usd + commitment_cost_usd') }} as total_cost_usd,
        {{ ratio('covered_usd', 'on_demand_cost_usd') }} as coverage_share,
        utilization_share,
        utilization_share * {{ ratio('commitment_cost_usd', 'covered_usd') }} as break_even_utilization_share,
        {{ ratio('covered_usd - commitment_cost_usd', 'on_demand_cost_usd') }} as effective_savings_rate,
        upfront_cost_usd,
        {# Upfront / (730 x (what the commitment replaces per hour - what it still costs per hour)). #}
        case
            when upfront_cost_usd > 0 and covered_usd > commitment_cost_usd * (1 - upfront_share)
                then {{ ratio('upfront_cost_usd', '730 * ' ~ ratio('covered_usd - commitment_cost_usd * (1 - upfront_share)', 'lookback_hours')) }}
        end as break_even_months,
        coalesce(net_monthly_savings_usd, {{ money(0) }}) as net_monthly_savings_usd,
        coalesce(net_monthly_savings_less_usage_usd, {{ money(0) }}) as net_monthly_savings_less_usage_usd,
        coalesce(net_monthly_savings_more_usage_usd, {{ money(0) }}) as net_monthly_savings_more_usage_usd,
        best_units_less_usage,
        best_units_more_usage,
        coalesce(regret_less_usage_usd, {{ money(0) }}) as regret_less_usage_usd,
        coalesce(regret_more_usage_usd, {{ money(0) }}) as regret_more_usage_usd,
        case
            when usage_basis = 'after_actions' and outcome = 'pays' and outcome_rank = 1 then 'recommended'
            when outcome = 'pays' and outcome_rank > 1 then 'pays less than another offer'
            else outcome
        end as verdict,
        usage_basis = 'after_actions' and outcome = 'pays' and outcome_rank = 1 as is_recommended
    from ranked

)

select * from options
