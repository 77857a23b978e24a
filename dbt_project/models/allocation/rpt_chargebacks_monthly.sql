{# one row per calendar month x team x cost centre, from the month of the first call to that of the as-of date #}

with team_costs as (

    select * from {{ ref('int_team_costs_monthly') }}

),

policies as (

    select * from {{ ref('chargeback_policies') }}

),

{# What no team answers for cannot be billed to one; a team without a policy is shown its cost. #}
judged as (

    select
        team_costs.*,
        case when team_costs.team_id = 'unallocated' then 'showback' else coalesce(policies.charging_method, 'showback') end as charging_method,
        lag(team_costs.allocated_cost_usd) over (
            partition by team_costs.team_id, team_costs.cost_centre order by team_costs.month_start_date
        ) as prior_month_cost_usd,
        lag(team_costs.covered_days) over (
            partition by team_costs.team_id, team_costs.cost_centre order by team_costs.month_start_date
        ) as prior_month_covered_days
    from team_costs
    left join policies on team_costs.team_id = policies.team_id

),

final as (

    select
        month_start_date,
        team_id,
        team_name,
        cost_centre,
        charging_method,
        direct_cost_usd,
        shared_cost_usd,
        allocated_cost_usd,
        case when charging_method = 'chargeback' then allocated_cost_usd else {{ money(0) }} end as charged_cost_usd,
        {{ ratio('allocated_cost_usd', 'sum(allocated_cost_usd) over (partition by month_start_date)') }} as cost_share,
        prior_month_cost_usd,
        {{ money('allocated_cost_usd - prior_month_cost_usd') }} as cost_change_usd,
        {{ ratio(ratio('allocated_cost_usd', 'covered_days'), ratio('prior_month_cost_usd', 'prior_month_covered_days')) }} - 1 as daily_cost_change_share,
        covered_days,
        days_in_month,
        covered_days < days_in_month as is_partial_month
    from judged

)

select * from final
