{# one row per offer on sale x usage basis x level kind: what committing would have cost and saved, hour by hour #}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

priced as (

    select
        *,
        {# A month has 730 hours on average; the term is paid for in them. #}
        {{ money(money('hourly_commitment_usd * upfront_share') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as upfront_cost_usd
    from outcomes
    where history_id = 'models'

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
            when is_recommended then 'recommended'
            when outcome = 'pays' and not is_best_option then 'pays less than another offer'
            else outcome
        end as verdict,
        is_recommended
    from priced

)

select * from options
