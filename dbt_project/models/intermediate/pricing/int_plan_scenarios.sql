{# one row per plan x churn scenario; the trailing 30 days if customers left at the scenario's probabilities #}

with plan_backtests as (

    select * from {{ ref('rpt_plan_backtests') }}

),

churn_scenarios as (

    select * from {{ ref('pricing_churn_scenarios') }}

),

steps as (

    select
        churn_scenario,
        rise_from_share,
        leave_probability,
        lead(rise_from_share) over (partition by churn_scenario order by rise_from_share) as next_rise_from_share
    from churn_scenarios

),

scenarios as (

    select distinct churn_scenario from churn_scenarios

),

{# An invoice where there was none is a rise beyond every step. One that falls, or stays, makes nobody leave. #}
responses as (

    select
        plan_backtests.plan_id,
        scenarios.churn_scenario,
        plan_backtests.revenue_usd,
        plan_backtests.gross_margin_usd,
        coalesce(steps.leave_probability, 0) as leave_probability
    from plan_backtests
    cross join scenarios
    left join steps
        on
            scenarios.churn_scenario = steps.churn_scenario
            and plan_backtests.revenue_change_usd > 0
            and coalesce(plan_backtests.revenue_change_share, 1000000) >= steps.rise_from_share
            and (steps.next_rise_from_share is null or coalesce(plan_backtests.revenue_change_share, 1000000) < steps.next_rise_from_share)

),

{# A customer that leaves takes its revenue along, and its cost. #}
expected as (

    select
        plan_id,
        churn_scenario,
        cast(sum(leave_probability) as double) as expected_customers_lost,
        {{ money('sum(cast(revenue_usd as decimal(24, 12)) * (1 - leave_probability))') }} as expected_revenue_usd,
        {{ money('sum(cast(gross_margin_usd as decimal(24, 12)) * (1 - leave_probability))') }} as expected_gross_margin_usd
    from responses
    group by plan_id, churn_scenario

)

select * from expected
