{# one row per series of usage x offer that pays x level (best, or stable): whether it is in the portfolio, and what keeps it out #}

{{ config(materialized=view_or_table()) }}

with decided as (

    select * from {{ ref('int_commitments_chosen') }}

),

final as (

    select
        usage_group,
        offer_id,
        level_name,
        offer_name,
        history_id,
        group_id,
        is_illustrative,
        term_months,
        payment_option,
        upfront_share,
        lookback_end_date,
        committed_units,
        unit_increment,
        minimum_units,
        usd_per_unit_hour,
        hourly_commitment_usd,
        obligation_usd,
        monthly_savings_usd,
        covered_monthly_usd,
        {{ ratio('covered_monthly_usd', 'eligible_monthly_usd') }} as covered_share,
        money_at_risk_usd,
        savings_per_usd_at_risk,
        step_rank,
        portfolio_monthly_savings_usd,
        portfolio_at_risk_usd,
        portfolio_coverage_share,
        owned_usd,
        owned_coverage_share,
        eligible_monthly_usd,
        target_coverage_share,
        risk_limit_usd,
        is_chosen,
        reason
    from decided

)

select * from final
