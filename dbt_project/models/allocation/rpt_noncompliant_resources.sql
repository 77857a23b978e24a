{# one row per resource that cost something in the last 30 days of the bills x tag of the policy with which something is wrong, by its newest tags #}

with resources as (

    select * from {{ ref('int_resources_tagged_monthly') }}

),

findings as (

    select * from {{ ref('int_tag_findings') }}

),

ranked as (

    select
        *,
        sum(recent_cost_usd) over (partition by provider_name, resource_id) as resource_cost_usd,
        row_number() over (
            partition by provider_name, resource_id
            order by last_charge_date desc, tags asc nulls last, service_name asc nulls last, account_id asc nulls last, region_id asc nulls last, team_id asc
        ) as newest_rank
    from resources
    where resource_id is not null

),

final as (

    select
        ranked.provider_name,
        ranked.resource_id,
        findings.tag_key,
        findings.problem,
        findings.found_key,
        findings.found_value,
        findings.likely_value,
        {{ money('coalesce(ranked.resource_cost_usd, 0)') }} as cost_usd,
        ranked.resource_type,
        ranked.service_name,
        ranked.region_id,
        ranked.account_id,
        ranked.team_id,
        case
            when ranked.user_id is not null then ranked.user_id
            when ranked.team_id <> 'unallocated' then ranked.team_id
            else 'account ' || coalesce(ranked.account_id, 'unknown')
        end as fixed_by,
        ranked.tags,
        ranked.last_charge_date,
        cast(dense_rank() over (order by coalesce(ranked.resource_cost_usd, 0) desc, ranked.provider_name asc, ranked.resource_id asc) as integer) as resource_rank
    from ranked
    inner join findings
        on
            ranked.provider_name = findings.provider_name
            and coalesce(ranked.service_category, '') = findings.service_category
            and coalesce(ranked.tags, '') = findings.tags
            and findings.problem is not null
    where ranked.newest_rank = 1 and ranked.resource_cost_usd is not null

)

select * from final
