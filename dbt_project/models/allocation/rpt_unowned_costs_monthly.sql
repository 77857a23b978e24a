{# one row per calendar month x cause for which no team answers for a cost #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

own as (

    select
        charge_date as usage_date,
        case
            when file_name is not null and resource_id is null then 'bill: line names no resource'
            when file_name is not null and coalesce(trim(tags), '') in ('', '{}') then 'bill: resource without tags'
            when file_name is not null then 'bill: no rule leads from tags or account to a team'
            when coalesce(feature_id, 'unallocated') = 'unallocated' then 'calls: name no feature'
            else 'calls: feature has no team'
        end as cause,
        effective_cost_usd as cost_usd
    from charges
    where is_counted and is_direct and team_id = 'unallocated'

),

shared as (

    select
        usage_date,
        case
            when driver like 'unused capacity: %' then 'pool: capacity that nobody used'
            when driver_units = 0 then 'pool: day on which nobody had units of its driver'
            else 'pool: units of usage that has no team'
        end as cause,
        allocated_cost_usd as cost_usd
    from allocated_costs
    where not is_direct and team_id = 'unallocated'

),

together as (

    select usage_date, cause, cost_usd from own
    union all
    select usage_date, cause, cost_usd from shared

),

summed as (

    select
        cast(date_trunc('month', together.usage_date) as date) as month_start_date,
        together.cause,
        {{ money('coalesce(sum(together.cost_usd), 0)') }} as cost_usd
    from together
    inner join as_of on together.usage_date between as_of.first_usage_date and as_of.as_of_date
    group by cast(date_trunc('month', together.usage_date) as date), together.cause

),

final as (

    select
        month_start_date,
        cause,
        cost_usd,
        {{ ratio('cost_usd', 'sum(cost_usd) over (partition by month_start_date)') }} as unowned_share
    from summed

)

select * from final
