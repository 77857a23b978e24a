{# one row per scope (total, component, provider, team; what else has a budget) x UTC day: its cost, and what of it is shared #}

with budgets as (

    select * from {{ ref('int_budgets') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

budgeted as (

    select distinct
        scope,
        scope_id
    from budgets
    where scope not in {{ company_scopes() }}

),

{# By owner with its share of what is shared; by provider, service and region what was charged there. #}
costs as (

    select usage_date, 'total' as scope, 'total' as scope_id, allocated_cost_usd as cost_usd, is_direct from allocated_costs
    {%- for scope, column in [
        ('component', 'cost_component'), ('business_unit', 'business_unit_id'), ('team', 'team_id'), ('project', 'project_id'), ('user', 'user_id'), ('cost_centre', 'cost_centre'),
        ('organization', 'organization_id'), ('customer', 'customer_id'), ('product', 'product_id'), ('feature', 'feature_id')
    ] %}
    union all
    select usage_date, '{{ scope }}' as scope, {{ column }} as scope_id, allocated_cost_usd as cost_usd, is_direct from allocated_costs
    {%- endfor %}
    {%- for scope, column in [('provider', 'coalesce(provider, provider_name)'), ('service', 'service_name'), ('region', 'region_id')] %}
    union all
    select charge_date as usage_date, '{{ scope }}' as scope, {{ column }} as scope_id, effective_cost_usd as cost_usd, is_direct
    from charges
    where is_counted
    {%- endfor %}

),

summed as (

    select
        costs.scope,
        costs.scope_id,
        costs.usage_date,
        {{ money('coalesce(sum(costs.cost_usd), 0)') }} as cost_usd,
        {{ money('coalesce(sum(case when not costs.is_direct then costs.cost_usd end), 0)') }} as shared_cost_usd
    from costs
    inner join as_of on costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    left join budgeted on costs.scope = budgeted.scope and costs.scope_id = budgeted.scope_id
    where costs.scope_id is not null and (costs.scope in {{ company_scopes() }} or budgeted.scope is not null)
    group by costs.scope, costs.scope_id, costs.usage_date

)

select * from summed
