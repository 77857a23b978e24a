{# one row per rise of an invoice from which on other customers leave: how likely they do in each scenario, as assumed #}

with churn_scenarios as (

    select * from {{ ref('pricing_churn_scenarios') }}

),

side_by_side as (

    select
        cast(rise_from_share as double) as rise_from_share,
        {%- for scenario in ['low', 'base', 'high'] %}
        cast(max(leave_probability) filter (where churn_scenario = '{{ scenario }}') as double) as {{ scenario }}_leave_share{{ ',' if not loop.last }}
        {%- endfor %}
    from churn_scenarios
    group by rise_from_share

)

select * from side_by_side
