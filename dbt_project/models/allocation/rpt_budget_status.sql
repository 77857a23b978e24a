{# one row per calendar month x team: each month with cost, with a budget, or wholly within the forecast #}

with team_costs as (

    select * from {{ ref('int_team_costs_projected') }}

),

budgets as (

    select * from {{ ref('budgets') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

joined as (

    select
        coalesce(team_costs.month_start_date, budgets.month_start_date) as month_start_date,
        coalesce(team_costs.team_id, budgets.team_id) as team_id,
        {{ money('budgets.budget_usd') }} as budget_usd,
        team_costs.actual_cost_usd,
        team_costs.projected_cost_usd,
        coalesce(team_costs.projection_method, 'none') as projection_method,
        coalesce(team_costs.covered_days, 0) as covered_days,
        cast(extract(day from last_day(coalesce(team_costs.month_start_date, budgets.month_start_date))) as integer) as days_in_month
    from team_costs
    full outer join budgets on team_costs.month_start_date = budgets.month_start_date and team_costs.team_id = budgets.team_id

),

{# The part of the budget that belongs to the days with data: a month of which three days are missing is not judged by all of it. #}
prorated as (

    select
        joined.*,
        coalesce(owners.owner_name, joined.team_id) as team_name,
        {{ ratio('joined.covered_days', 'joined.days_in_month') }} as elapsed_share,
        {{ split_exactly('joined.budget_usd', 'joined.covered_days', '0', 'joined.days_in_month') }} as budget_to_date_usd,
        case
            when joined.month_start_date > as_of.as_of_date then 'planned'
            when last_day(joined.month_start_date) > as_of.as_of_date then 'running'
            else 'ended'
        end as month_phase
    from joined
    cross join as_of
    left join owners on joined.team_id = owners.owner_id and owners.is_latest
    where joined.budget_usd is not null or joined.covered_days > 0 or joined.projected_cost_usd is not null

),

final as (

    select
        month_start_date,
        team_id,
        team_name,
        month_phase,
        budget_usd,
        actual_cost_usd,
        budget_to_date_usd,
        {{ money('actual_cost_usd - budget_to_date_usd') }} as variance_usd,
        {{ ratio('actual_cost_usd - budget_to_date_usd', 'budget_to_date_usd') }} as variance_share,
        covered_days,
        days_in_month,
        elapsed_share,
        {{ ratio('actual_cost_usd', 'budget_usd') }} as consumed_share,
        {{ ratio('actual_cost_usd', 'budget_to_date_usd') }} as burn_rate,
        projected_cost_usd,
        {{ money('projected_cost_usd - budget_usd') }} as projected_variance_usd,
        projection_method,
        case
            when budget_usd is null then 'no budget'
            when month_phase = 'ended' and actual_cost_usd > budget_to_date_usd then 'over budget'
            when month_phase = 'ended' and actual_cost_usd <= budget_to_date_usd then 'within budget'
            when actual_cost_usd > budget_usd then 'over budget'
            when projected_cost_usd is null then 'unknown'
            when projected_cost_usd > budget_usd then 'heading over budget'
            else 'on track'
        end as budget_status
    from prorated

)

select * from final
