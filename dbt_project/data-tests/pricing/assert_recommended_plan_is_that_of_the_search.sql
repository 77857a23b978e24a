{# One plan is recommended, and its backtest says of it, customer by customer, what the search chose it for. #}

with frontier as (

    select * from {{ ref('rpt_plan_frontier') }}
    where is_chosen

),

recommended as (

    select * from {{ ref('rpt_plan_comparison') }}
    where is_recommended

),

compared as (

    select
        frontier.candidate_id,
        recommended.plan_id,
        frontier.revenue_usd - recommended.revenue_usd as revenue_usd,
        frontier.not_served_usd - recommended.not_served_usd as not_served_usd,
        frontier.gross_margin_usd - recommended.gross_margin_usd as gross_margin_usd,
        frontier.gross_margin_low_churn_usd - recommended.gross_margin_low_churn_usd as gross_margin_low_churn_usd,
        frontier.gross_margin_base_churn_usd - recommended.gross_margin_base_churn_usd as gross_margin_base_churn_usd,
        frontier.gross_margin_high_churn_usd - recommended.gross_margin_high_churn_usd as gross_margin_high_churn_usd,
        frontier.steep_rises - recommended.customers_with_steep_rise as steep_rises
    from frontier
    full outer join recommended
        on case when frontier.is_current_plan then frontier.plan_id else frontier.candidate_id end = recommended.plan_id

)

{# Both round each product of an invoice and a probability by itself. #}
select * from compared
where
    candidate_id is null
    or plan_id is null
    or abs(revenue_usd) > 0.000001
    or abs(not_served_usd) > 0.000001
    or abs(gross_margin_usd) > 0.000001
    or abs(gross_margin_low_churn_usd) > 0.000001
    or abs(gross_margin_base_churn_usd) > 0.000001
    or abs(gross_margin_high_churn_usd) > 0.000001
    or steep_rises <> 0
