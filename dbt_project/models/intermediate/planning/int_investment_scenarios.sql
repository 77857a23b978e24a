{# one row per investment x scenario (`base` is the plan): by what its lines are multiplied #}

with investments as (

    select * from {{ ref('int_investments') }}

),

scenarios as (

    select * from {{ ref('investment_scenarios') }}

),

matched as (

    select
        investments.investment_id,
        scenarios.scenario,
        scenarios.benefit_ratio,
        scenarios.recurring_cost_ratio,
        scenarios.ai_cost_ratio,
        scenarios.description,
        row_number() over (
            partition by investments.investment_id, scenarios.scenario order by case when scenarios.investment_id = 'all' then 1 else 0 end
        ) as match_rank
    from investments
    inner join scenarios on scenarios.investment_id in ('all', investments.investment_id)

),

final as (

    select
        investment_id,
        scenario,
        benefit_ratio,
        recurring_cost_ratio,
        ai_cost_ratio,
        description
    from matched
    where match_rank = 1
    union all
    select
        investment_id,
        'base' as scenario,
        cast(1 as double) as benefit_ratio,
        cast(1 as double) as recurring_cost_ratio,
        cast(1 as double) as ai_cost_ratio,
        cast(null as string) as description
    from investments

)

select * from final
