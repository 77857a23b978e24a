{# one row per calendar month x team x cost centre, for each month with data up to the as-of date and each account, with or without cost #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

costs as (

    select
        cast(date_trunc('month', allocated_costs.usage_date) as date) as month_start_date,
        allocated_costs.team_id,
        allocated_costs.cost_centre,
        {{ money('sum(case when allocated_costs.is_direct then allocated_costs.allocated_cost_usd end)') }} as direct_cost_usd,
        {{ money('sum(case when not allocated_costs.is_direct then allocated_costs.allocated_cost_usd end)') }} as shared_cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    group by all

),

months as (

    {{ covered_months() }}

),

{# A shared cost on a day without usage, and a team outside the seed, have an account that the list of features may lack. #}
accounts as (

    select team_id, cost_centre from features
    union distinct
    select team_id, cost_centre from costs

),

monthly as (

    select
        months.month_start_date,
        months.days_in_month,
        months.covered_days,
        accounts.team_id,
        owners.owner_name as team_name,
        accounts.cost_centre,
        {{ money('coalesce(costs.direct_cost_usd, 0)') }} as direct_cost_usd,
        {{ money('coalesce(costs.shared_cost_usd, 0)') }} as shared_cost_usd,
        {{ money('coalesce(costs.direct_cost_usd, 0) + coalesce(costs.shared_cost_usd, 0)') }} as allocated_cost_usd
    from months
    cross join accounts
    left join owners on accounts.team_id = owners.owner_id and owners.is_latest
    left join costs
        on
            months.month_start_date = costs.month_start_date
            and accounts.team_id = costs.team_id
            and accounts.cost_centre = costs.cost_centre

)

select * from monthly
