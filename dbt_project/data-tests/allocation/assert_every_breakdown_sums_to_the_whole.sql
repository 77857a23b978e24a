{# Whatever way the cost is cut, its parts sum to the same whole, to the last decimal. #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

cost_allocation as (

    select * from {{ ref('rpt_cost_allocation') }}

),

spend_breakdown as (

    select * from {{ ref('rpt_spend_breakdown') }}

),

team_costs as (

    select * from {{ ref('rpt_team_costs') }}

),

categories as (

    select * from {{ ref('rpt_spend_by_category') }}

),

owner_costs as (

    select * from {{ ref('rpt_owner_costs_monthly') }}

),

tenant_costs as (

    select * from {{ ref('rpt_tenant_chargebacks_monthly') }}

),

unowned_costs as (

    select * from {{ ref('rpt_unowned_costs_monthly') }}

),

chargebacks as (

    select * from {{ ref('rpt_chargebacks_monthly') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

wholes as (

    select
        coalesce(sum(case when allocated_costs.usage_date >= as_of.window_start_date then allocated_costs.allocated_cost_usd end), 0) as window_cost_usd,
        coalesce(sum(
            case
                when allocated_costs.usage_date >= as_of.window_start_date and {{ serves_customers('allocated_costs') }}
                    then allocated_costs.allocated_cost_usd
            end
        ), 0) as window_serving_cost_usd,
        coalesce(sum(allocated_costs.allocated_cost_usd), 0) as cost_to_date_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date

),

usage_whole as (

    select coalesce(sum(usage_daily.effective_cost_usd), 0) as window_usage_cost_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

cuts as (

    select 'cost allocation by ' || rollup_level as cut, sum(allocated_cost_usd) as cost_usd, 'window serving' as whole
    from cost_allocation
    group by rollup_level
    union all
    select 'spend by ' || dimension as cut, sum(spend_usd) as cost_usd, 'window usage' as whole
    from spend_breakdown
    group by dimension
    union all
    select 'team costs' as cut, sum(cost_usd) as cost_usd, 'window serving' as whole
    from team_costs
    union all
    select 'spend by category' as cut, sum(cost_usd) as cost_usd, 'window' as whole
    from categories
    where service_category <> 'all'
    union all
    select 'all spend' as cut, max(case when service_category = 'all' then cost_usd end) as cost_usd, 'window' as whole
    from categories
    union all
    select 'chargebacks' as cut, sum(allocated_cost_usd) as cost_usd, 'to date' as whole
    from chargebacks
    union all
    select 'owners by ' || rollup_level as cut, sum(total_cost_usd) as cost_usd, 'to date' as whole
    from owner_costs
    group by rollup_level
    union all
    select 'components' as cut, sum(ai_cost_usd + infrastructure_cost_usd + storage_cost_usd + transfer_cost_usd + services_cost_usd + other_cost_usd) as cost_usd, 'to date' as whole
    from tenant_costs
    union all
    select 'with and without a team' as cut, sum(cost_usd) as cost_usd, 'to date' as whole
    from (
        select total_cost_usd - unowned_cost_usd as cost_usd from owner_costs
        where rollup_level = 'total'
        union all
        select cost_usd from unowned_costs
    ) as owned_and_not

),

compared as (

    select
        cuts.cut,
        cuts.cost_usd,
        case cuts.whole
            when 'window' then wholes.window_cost_usd
            when 'window serving' then wholes.window_serving_cost_usd
            when 'window usage' then usage_whole.window_usage_cost_usd
            else wholes.cost_to_date_usd
        end as whole_cost_usd
    from cuts
    cross join wholes
    cross join usage_whole

)

select * from compared
where coalesce(cost_usd, 0) <> whole_cost_usd
