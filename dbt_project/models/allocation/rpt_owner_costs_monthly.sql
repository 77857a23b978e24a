{# one row per calendar month x level of the hierarchy of owners (total, business unit, team, project, user; beside it cost centre) x owner #}

{% set levels = ['business_unit_id', 'team_id', 'project_id', 'user_id'] %}
{% set components = ['ai', 'infrastructure', 'storage', 'transfer', 'services', 'other'] %}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

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

months as (

    {{ covered_months() }}

),

{# What has no owner at a level is `unallocated` there: a team's cost that belongs to none of its projects. #}
costs as (

    select
        cast(date_trunc('month', allocated_costs.usage_date) as date) as month_start_date,
        {%- for level in levels %}
        coalesce(allocated_costs.{{ level }}, 'unallocated') as {{ level }},
        {%- endfor %}
        allocated_costs.cost_centre,
        allocated_costs.cost_component,
        allocated_costs.team_id <> 'unallocated' as has_team,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as cost_usd,
        {{ money('sum(case when allocated_costs.is_direct then allocated_costs.allocated_cost_usd end)') }} as direct_cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    group by all

),

rolled_up as (

    select
        month_start_date,
        case
            when grouping(cost_centre) = 0 then 'cost_centre'
            {%- for level in levels | reverse %}
            when grouping({{ level }}) = 0 then '{{ level | replace('_id', '') }}'
            {%- endfor %}
            else 'total'
        end as rollup_level,
        {%- for level in levels %}
        coalesce({{ level }}, 'all') as {{ level }},
        {%- endfor %}
        coalesce(cost_centre, 'all') as cost_centre,
        {%- for component in components %}
        {{ money("coalesce(sum(case when cost_component = '" ~ component ~ "' then cost_usd end), 0)") }} as {{ component }}_cost_usd,
        {%- endfor %}
        {{ money('coalesce(sum(direct_cost_usd), 0)') }} as direct_cost_usd,
        {{ money('coalesce(sum(cost_usd), 0)') }} as total_cost_usd,
        {{ money('coalesce(sum(case when not has_team then cost_usd end), 0)') }} as unowned_cost_usd
    from costs
    group by grouping sets (
        (month_start_date)
        {%- for level in levels %},
        (month_start_date, {{ levels[:loop.index] | join(', ') }})
        {%- endfor %},
        (month_start_date, cost_centre)
    )

),

identified as (

    select
        *,
        case rollup_level
            {%- for level in levels + ['cost_centre'] %}
            when '{{ level | replace('_id', '') }}' then {{ level }}
            {%- endfor %}
            else 'all'
        end as owner_id,
        {#- The row above: the next level's, or all. #}
        case rollup_level
            {%- for level in levels[1:] %}
            when '{{ level | replace('_id', '') }}' then {{ levels[loop.index0] }}
            {%- endfor %}
            else 'all'
        end as parent_owner_id
    from rolled_up

),

compared as (

    select
        *,
        {{ ratio('total_cost_usd', "max(case when rollup_level = 'total' then total_cost_usd end) over (partition by month_start_date)") }} as cost_share,
        lag(total_cost_usd) over (
            partition by rollup_level, business_unit_id, team_id, project_id, user_id, cost_centre order by month_start_date
        ) as last_cost_usd,
        lag(month_start_date) over (
            partition by rollup_level, business_unit_id, team_id, project_id, user_id, cost_centre order by month_start_date
        ) as last_month_start_date
    from identified

),

final as (

    select
        compared.month_start_date,
        compared.rollup_level,
        compared.business_unit_id,
        compared.team_id,
        compared.project_id,
        compared.user_id,
        compared.cost_centre,
        compared.owner_id,
        case when compared.owner_id = 'unallocated' then 'Unallocated' else coalesce(owners.owner_name, compared.owner_id) end as owner_name,
        compared.parent_owner_id,
        case when compared.parent_owner_id = 'unallocated' then 'Unallocated' else coalesce(parents.owner_name, compared.parent_owner_id) end as parent_owner_name,
        {%- for component in components %}
        compared.{{ component }}_cost_usd,
        {%- endfor %}
        compared.direct_cost_usd,
        {{ money('compared.total_cost_usd - compared.direct_cost_usd') }} as shared_cost_usd,
        compared.total_cost_usd,
        compared.cost_share,
        compared.unowned_cost_usd,
        1 - {{ ratio('compared.unowned_cost_usd', 'compared.total_cost_usd') }} as owned_share,
        {{ ratio('compared.unowned_cost_usd', 'compared.total_cost_usd') }} as unowned_share,
        {{ assumption('owned_cost_target') }} as owned_target_share,
        coalesce(1 - {{ ratio('compared.unowned_cost_usd', 'compared.total_cost_usd') }} >= {{ assumption('owned_cost_target') }}, true) as is_owned_enough,
        case when compared.last_month_start_date = cast(date_trunc('month', compared.month_start_date - 1) as date) then compared.last_cost_usd end as prior_month_cost_usd,
        months.covered_days,
        months.days_in_month,
        months.covered_days < months.days_in_month as is_partial_month,
        compared.month_start_date = max(compared.month_start_date) over () as is_latest
    from compared
    inner join months on compared.month_start_date = months.month_start_date
    left join owners on compared.owner_id = owners.owner_id and compared.rollup_level = owners.owner_type and owners.is_latest
    left join owners as parents
        on
            compared.parent_owner_id = parents.owner_id
            and parents.owner_type = case compared.rollup_level
                {%- for level in levels[1:] %}
                when '{{ level | replace('_id', '') }}' then '{{ levels[loop.index0] | replace('_id', '') }}'
                {%- endfor %}
            end
            and parents.is_latest

)

select * from final
