{# one row per series of usage x offer on sale x level that the engine settled: what each would cover, save and put at risk, whether it is advised or not #}

with levels as (

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
        cases.hours,
        cases.months,
        {{ money('cast(levels.level_units as decimal(16, 6)) * offers.usd_per_unit_hour') }} as hourly_commitment_usd,
        greatest({{ ratio('levels.level_units - quantiles.used_units_p05', 'levels.level_units') }}, 0) as risk_share
    from levels
    inner join offers on levels.offer_id = offers.offer_id and levels.series_id = offers.series_id
    inner join cases on offers.history_id = cases.history_id and cases.usage_case = levels.usage_case
    inner join quantiles on levels.series_id = quantiles.series_id and levels.usage_basis = quantiles.usage_basis
    where levels.usage_basis = 'after_actions' and levels.usage_case = 'as_judged' and levels.level_units > 0

),

promised as (

    select
        *,
        {{ money(money('hourly_commitment_usd') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as obligation_usd,
        {{ money(money('hourly_commitment_usd * upfront_share') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as upfront_cost_usd
    from priced

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
        {{ money('(on_demand_cost_usd - total_cost_usd) * months') }} as monthly_savings_usd,
        {{ ratio('covered_usd', 'on_demand_cost_usd') }} as coverage_share,
        {{ ratio('used_unit_hours', 'level_units * hours') }} as utilization_share,
        risk_share,
        {{ money_of_double('cast(obligation_usd as double) * risk_share') }} as money_at_risk_usd,
        measured_share
    from promised

)

select * from final
