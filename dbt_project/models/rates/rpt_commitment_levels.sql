{# one row per series of usage x offer on sale x level that the engine settled: what each would cover, save and put at risk, whether it is advised or not #}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}
    where usage_basis = 'after_actions' and level_kind = 'optimal'

),

decided as (

    select * from {{ ref('int_commitments_chosen') }}
    qualify row_number() over (partition by offer_id, usage_group, committed_units order by case when is_chosen then 0 else 1 end, level_name) = 1

),

levels as (

    select * from {{ ref('int_commitment_levels') }}

),

offers as (

    select * from {{ ref('int_commitment_offers') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

quantiles as (

    select * from {{ ref('int_commitment_quantiles') }}

),

priced as (

    select
        offers.*,
        levels.level_units,
        levels.covered_usd,
        levels.on_demand_cost_usd,
        levels.total_cost_usd,
        levels.used_unit_hours,
        levels.commitment_cost_usd,
        cases.hours,
        cases.months,
        {{ money('(levels.on_demand_cost_usd - levels.total_cost_usd) * cases.months') }} as monthly_savings_usd,
        {{ money('cast(levels.level_units as decimal(16, 6)) * offers.usd_per_unit_hour') }} as hourly_commitment_usd,
        greatest({{ ratio('levels.level_units - quantiles.used_units_p05', 'levels.level_units') }}, 0) as risk_share
    from levels
    inner join offers on levels.offer_id = offers.offer_id and levels.series_id = offers.series_id
    inner join cases on offers.history_id = cases.history_id and cases.usage_case = levels.usage_case
    inner join quantiles on levels.series_id = quantiles.series_id and levels.usage_basis = quantiles.usage_basis
    where levels.usage_basis = 'after_actions' and levels.usage_case = 'as_judged' and levels.level_units > 0

),

{# Less usage, the last days and the backtest are the engine's own: so a level is refused here for the reason that it is refused for there. #}
promised as (

    select
        priced.*,
        {{ money(money('priced.hourly_commitment_usd') ~ ' * cast(730 * priced.term_months as decimal(9, 0))') }} as obligation_usd,
        {{ money(money('priced.hourly_commitment_usd * priced.upfront_share') ~ ' * cast(730 * priced.term_months as decimal(9, 0))') }} as upfront_cost_usd,
        {{ commitment_outcome(
            'priced.on_demand_cost_usd', 'priced.level_units', 'priced.monthly_savings_usd', 'falling.on_demand_cost_usd - falling.total_cost_usd', 'priced.covered_usd',
            'priced.commitment_cost_usd', 'outcomes.best_units_last_3', 'outcomes.backtested_savings_usd', 'priced.measured_share'
        ) }} as outcome,
        coalesce(decided.is_chosen, false) as is_recommended,
        decided.reason
    from priced
    left join levels as falling
        on
            priced.offer_id = falling.offer_id and priced.series_id = falling.series_id and priced.level_units = falling.level_units
            and falling.usage_case = 'less_usage' and falling.usage_basis = 'after_actions'
    left join outcomes on priced.offer_id = outcomes.offer_id and priced.series_id = outcomes.series_id
    left join decided on priced.offer_id = decided.offer_id and priced.series_id = decided.usage_group and priced.level_units = decided.committed_units

),

final as (

    select
        series_id as usage_group,
        offer_id,
        level_units as committed_units,
        offer_name,
        group_id,
        alternatives,
        is_illustrative,
        term_months,
        payment_option,
        hourly_commitment_usd,
        upfront_cost_usd,
        obligation_usd,
        monthly_savings_usd,
        {{ ratio('covered_usd', 'on_demand_cost_usd') }} as coverage_share,
        {{ ratio('used_unit_hours', 'level_units * hours') }} as utilization_share,
        risk_share,
        {{ money_of_double('cast(obligation_usd as double) * risk_share') }} as money_at_risk_usd,
        measured_share,
        outcome = 'pays' as is_worthwhile,
        is_recommended,
        case
            when is_recommended then 'recommended'
            when outcome <> 'pays' then outcome
            else coalesce(reason, 'another level of it saves more')
        end as verdict
    from promised

)

select * from final
