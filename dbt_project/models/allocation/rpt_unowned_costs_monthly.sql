{# one row per calendar month x cause for which no team answers for a cost #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

tag_findings as (

    select * from {{ ref('int_tag_findings') }}

),

tag_keys as (

    select * from {{ ref('tag_keys') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Tags whose team is none of the listed ones, by what they hold. #}
unlisted_teams as (

    select distinct
        provider_name,
        service_category,
        tags
    from tag_findings
    where
        problem in ('value_misspelt', 'value_unknown')
        and tag_key in (
            select tag_keys.tag_key from tag_keys
            where tag_keys.values_from = 'team'
        )

),

own as (

    select
        charges.charge_date as usage_date,
        case
            when charges.file_name is not null and charges.resource_id is null then 'bill: line names no resource'
            when charges.file_name is not null and coalesce(trim(charges.tags), '') in ('', '{}') then 'bill: resource without tags'
            when unlisted_teams.tags is not null then 'bill: tag names a team that is not listed'
            when charges.file_name is not null then 'bill: no rule leads from tags or account to a team'
            when coalesce(charges.feature_id, 'unallocated') = 'unallocated' then 'calls: name no feature'
            else 'calls: feature has no team'
        end as cause,
        charges.effective_cost_usd as cost_usd
    from charges
    left join unlisted_teams
        on
            charges.provider_name = unlisted_teams.provider_name
            and coalesce(charges.service_category, '') = unlisted_teams.service_category
            and charges.tags = unlisted_teams.tags
    where charges.is_counted and charges.is_direct and charges.team_id = 'unallocated'

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

dated as (

    select
        summed.*,
        {{ covered_days_of('summed.month_start_date') }}
    from summed
    cross join as_of

),

final as (

    select
        month_start_date,
        cause,
        case cause
            when 'bill: line names no resource' then 'say who bears such lines: a rule on their account, or on the kind of charge (seed owner_assignments)'
            when 'bill: resource without tags' then 'tag these resources, or give their account an owner (seed owner_assignments)'
            when 'bill: tag names a team that is not listed' then 'correct the tag, or list the team (seed owners)'
            when 'bill: no rule leads from tags or account to a team' then 'give their tags or their account an owner (seed owner_assignments)'
            when 'calls: name no feature' then 'send product and feature with each call'
            when 'calls: feature has no team' then 'give the feature a team (seed owner_assignments)'
            when 'pool: capacity that nobody used' then 'pay for less of it, or say who bears what is unused'
            when 'pool: day on which nobody had units of its driver' then 'name a driver that stands in (seed driver_fallbacks)'
            else 'give the calls that use the pool a team, as above'
        end as next_step,
        cost_usd,
        {{ ratio('cost_usd', 'sum(cost_usd) over (partition by month_start_date)') }} as unowned_share,
        month_start_date = max(month_start_date) over () as is_latest,
        covered_days,
        days_in_month
    from dated

)

select * from final
