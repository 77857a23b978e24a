{# one row: what the portfolio of commitments comes to, beside all that pays; none where nothing is chosen #}

{{ config(materialized=view_or_table()) }}

with portfolio as (

    select * from {{ ref('rpt_commitment_portfolio') }}

),

last_chosen as (

    select * from portfolio
    where is_chosen
    order by step_rank desc
    limit 1

),

last_of_all as (

    select * from portfolio
    where step_rank is not null
    order by step_rank desc
    limit 1

),

final as (

    select
        last_chosen.portfolio_monthly_savings_usd as monthly_savings_usd,
        last_chosen.portfolio_at_risk_usd as at_risk_usd,
        last_chosen.portfolio_coverage_share as coverage_share,
        last_chosen.owned_coverage_share,
        last_chosen.eligible_monthly_usd,
        last_chosen.target_coverage_share,
        last_chosen.risk_limit_usd,
        last_of_all.portfolio_monthly_savings_usd as unlimited_monthly_savings_usd,
        last_of_all.portfolio_at_risk_usd as unlimited_at_risk_usd,
        last_chosen.step_rank < last_of_all.step_rank as is_cut
    from last_chosen
    cross join last_of_all

)

select * from final
