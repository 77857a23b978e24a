{# one row per rise of an invoice from which a churn scenario has another probability: that of each scenario, up to the next rise #}

with churn_scenarios as (

    select * from {{ ref('pricing_churn_scenarios') }}

),

rises as (

    select distinct rise_from_share from churn_scenarios

),

{# Per rise the probability of the last step of each scenario that it reaches. #}
reached as (

    select
        rises.rise_from_share,
        max_by(churn_scenarios.leave_probability, churn_scenarios.rise_from_share) filter (where churn_scenarios.churn_scenario = 'low')
            as leave_probability_low,
        max_by(churn_scenarios.leave_probability, churn_scenarios.rise_from_share) filter (where churn_scenarios.churn_scenario = 'base')
            as leave_probability_base,
        max_by(churn_scenarios.leave_probability, churn_scenarios.rise_from_share) filter (where churn_scenarios.churn_scenario = 'high')
            as leave_probability_high
    from rises
    inner join churn_scenarios on churn_scenarios.rise_from_share <= rises.rise_from_share
    group by rises.rise_from_share

),

steps as (

    select
        *,
        coalesce(lead(rise_from_share) over (order by rise_from_share), cast(1e300 as double)) as next_rise_from_share
    from reached

)

select * from steps
