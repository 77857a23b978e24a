{# the cost that serves customers, one row per level of the roll-up (total, organization, organization x product, organization x product x customer),
   trailing 30 days beside the 30 days before; levels must not be added up over each other #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

in_windows as (

    select
        allocated_costs.organization_id,
        allocated_costs.product_id,
        allocated_costs.customer_id,
        allocated_costs.is_allocated,
        allocated_costs.team_id <> 'unallocated' as has_team,
        allocated_costs.is_direct,
        allocated_costs.usage_date >= as_of.window_start_date as is_current,
        sum(allocated_costs.allocated_cost_usd) as cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    where {{ serves_customers('allocated_costs') }}
    group by all

),

rolled_up as (

    select
        case
            when grouping(customer_id) = 0 then 'customer'
            when grouping(product_id) = 0 then 'product'
            when grouping(organization_id) = 0 then 'organization'
            else 'total'
        end as rollup_level,
        coalesce(organization_id, 'all') as organization_id,
        coalesce(product_id, 'all') as product_id,
        coalesce(customer_id, 'all') as customer_id,
        sum(cost_usd) filter (where is_current) as allocated_cost_usd,
        sum(cost_usd) filter (where is_current and is_direct) as direct_cost_usd,
        sum(cost_usd) filter (where is_current and not is_direct) as shared_cost_usd,
        sum(cost_usd) filter (where is_current and is_allocated) as cost_with_customer_usd,
        sum(cost_usd) filter (where is_current and has_team) as cost_with_team_usd,
        sum(cost_usd) filter (where not is_current) as prior_allocated_cost_usd
    from in_windows
    group by grouping sets ((), (organization_id), (organization_id, product_id), (organization_id, product_id, customer_id))

),

compared as (

    select
        *,
        max(case when rollup_level = 'total' then allocated_cost_usd end) over () as total_cost_usd,
        max(case when rollup_level = 'organization' then allocated_cost_usd end) over (partition by organization_id) as organization_cost_usd
    from rolled_up

),

final as (

    select
        compared.rollup_level,
        compared.organization_id,
        compared.product_id,
        compared.customer_id,
        case when compared.rollup_level = 'customer' then coalesce(customers.customer_name, compared.customer_id) else compared.customer_id end as customer_name,
        compared.rollup_level = 'total' or compared.customer_id <> 'unallocated' and compared.organization_id <> 'unallocated' as is_allocated,
        {{ money('coalesce(compared.allocated_cost_usd, 0)') }} as allocated_cost_usd,
        {{ money('coalesce(compared.direct_cost_usd, 0)') }} as direct_cost_usd,
        {{ money('coalesce(compared.shared_cost_usd, 0)') }} as shared_cost_usd,
        {{ ratio('coalesce(compared.allocated_cost_usd, 0)', 'compared.total_cost_usd') }} as cost_share,
        {{ ratio('coalesce(compared.allocated_cost_usd, 0)', 'compared.organization_cost_usd') }} as organization_cost_share,
        {{ money('coalesce(compared.cost_with_customer_usd, 0)') }} as cost_with_customer_usd,
        {{ ratio('coalesce(compared.cost_with_customer_usd, 0)', 'compared.allocated_cost_usd') }} as customer_coverage_share,
        {{ money('coalesce(compared.allocated_cost_usd, 0) - coalesce(compared.cost_with_customer_usd, 0)') }} as cost_without_customer_usd,
        1 - {{ ratio('coalesce(compared.cost_with_customer_usd, 0)', 'compared.allocated_cost_usd') }} as unallocated_cost_share,
        {{ money('coalesce(compared.cost_with_team_usd, 0)') }} as cost_with_team_usd,
        {{ money('coalesce(compared.allocated_cost_usd, 0) - coalesce(compared.cost_with_team_usd, 0)') }} as cost_without_team_usd,
        {{ ratio('coalesce(compared.cost_with_team_usd, 0)', 'compared.allocated_cost_usd') }} as team_coverage_share,
        case
            when as_of.has_full_prior_period
                then {{ money('coalesce(compared.prior_allocated_cost_usd, 0)') }}
        end as prior_allocated_cost_usd,
        case
            when as_of.has_full_prior_period
                then {{ ratio('coalesce(compared.allocated_cost_usd, 0)', 'compared.prior_allocated_cost_usd') }} - 1
        end as cost_change_share,
        cast(row_number() over (
            partition by
                compared.rollup_level,
                compared.rollup_level = 'total' or compared.customer_id <> 'unallocated' and compared.organization_id <> 'unallocated'
            order by coalesce(compared.allocated_cost_usd, 0) desc, compared.organization_id asc, compared.product_id asc, compared.customer_id asc
        ) as bigint) as cost_rank
    from compared
    cross join as_of
    left join customers on compared.customer_id = customers.customer_id

)

select * from final
