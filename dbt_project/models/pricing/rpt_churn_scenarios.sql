{# one row per rise of an invoice from which on other customers leave: how likely they do in each scenario, as assumed #}

with churn_scenarios as (

    select * from {{ ref('pricing_churn_scenarios') }}

),

side_by_side as (

    select
        cast(rise_from_share as double) as rise_from_share,
        cast(max(leave_probability) filter (where churn_scenario = 'low') as double) as low_leave_share,
        cast(max(leave_probability) filter (where churn_scenario = 'base') as double) as base_leave_share,
        cast(max(leave_probability) filter (where churn_scenario = 'high') as double) as high_leave_share
    from churn_scenarios
    group by rise_from_share

)

select * from side_by_side
