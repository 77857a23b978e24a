{# one row per resource that the newest month of the bills charges for x tag of the policy with which something is wrong, by its newest tags of
   that month #}

with resources as (

    select * from {{ ref('int_resources_tagged_monthly') }}

),

findings as (

    select * from {{ ref('int_tag_findings') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

newest_month as (

    select max(month_start_date) as month_start_date from resources

),

ranked as (

    select
        resources.*,
        {{ money('coalesce(sum(resources.cost_usd) over (partition by resources.provider_name, resources.resource_id), 0)') }} as resource_cost_usd,
        row_number() over (
            partition by resources.provider_name, resources.resource_id
            order by
                resources.last_charge_date desc, resources.tags asc nulls last, resources.service_name asc nulls last,
                resources.account_id asc nulls last, resources.region_id asc nulls last, resources.team_id asc,
                resources.cost_usd desc, resources.resource_type asc nulls last, resources.service_category asc nulls last, resources.user_id asc nulls last
        ) as newest_rank,
        coalesce(resources.user_id, nullif(resources.team_id, 'unallocated')) as fixer_id,
        case when resources.user_id is not null then 'user' else 'team' end as fixer_type
    from resources
    inner join newest_month on resources.month_start_date = newest_month.month_start_date
    where resources.resource_id is not null

),

final as (

    select
        ranked.month_start_date,
        ranked.provider_name,
        ranked.resource_id,
        findings.tag_key,
        findings.problem,
        findings.right_key,
        findings.found_key,
        findings.found_value,
        findings.likely_value,
        case
            when findings.problem = 'absent' then 'add ' || findings.right_key
            when findings.problem = 'empty' and findings.found_key = findings.right_key then 'give ' || findings.right_key || ' a value'
            when findings.problem = 'empty' then 'rename key "' || findings.found_key || '" to ' || findings.right_key || ' and give it a value'
            when findings.problem in ('value_case', 'value_misspelt')
                then 'change the value of ' || findings.found_key || ' from "' || findings.found_value || '" to "' || findings.likely_value || '"'
            when findings.problem = 'value_unknown' then 'give ' || findings.found_key || ' an allowed value: "' || findings.found_value || '" is none'
            when findings.likely_value is null
                then 'rename key "' || findings.found_key || '" to ' || findings.right_key || ' and give it an allowed value: "' || findings.found_value || '" is none'
            when findings.likely_value <> trim(findings.found_value)
                then 'rename key "' || findings.found_key || '" to ' || findings.right_key || ' and change its value from "' || findings.found_value || '" to "' || findings.likely_value || '"'
            else 'rename key "' || findings.found_key || '" to ' || findings.right_key
        end as correction,
        ranked.resource_cost_usd as cost_usd,
        ranked.resource_type,
        ranked.service_name,
        ranked.region_id,
        ranked.account_id,
        ranked.team_id,
        coalesce(owners.owner_name, ranked.fixer_id, 'account ' || coalesce(ranked.account_id, 'unknown')) as fixed_by,
        ranked.tags,
        ranked.last_charge_date,
        cast(dense_rank() over (
            order by case when ranked.team_id = 'unallocated' then 0 else 1 end asc, ranked.resource_cost_usd desc, ranked.provider_name asc, ranked.resource_id asc
        ) as integer) as resource_rank
    from ranked
    inner join findings
        on
            ranked.provider_name = findings.provider_name
            and coalesce(ranked.service_category, '') = findings.service_category
            and coalesce(ranked.tags, '') = findings.tags
            and findings.problem is not null
    left join owners on ranked.fixer_id = owners.owner_id and ranked.fixer_type = owners.owner_type and owners.is_latest
    where ranked.newest_rank = 1

)

select * from final
