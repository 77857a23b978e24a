{# one row per calendar month x kind of scope (total, provider, account, service, region, team, tag) x scope: how much of what must be
   tagged is, by resources and by cost #}

{% set scopes = {
    'provider': 'provider_name', 'account': 'account_id', 'service': 'service_name', 'region': 'region_id', 'team': 'team_id',
} %}

with resources as (

    select * from {{ ref('int_resources_tagged_monthly') }}

),

findings as (

    select * from {{ ref('int_tag_findings') }}

),

owners as (

    select * from {{ ref('dim_owners') }}
    where owner_type = 'team' and is_latest

),

judged as (

    select
        provider_name,
        service_category,
        tags,
        max(case when problem is null then 0 else 1 end) = 0 as is_compliant
    from findings
    group by provider_name, service_category, tags

),

{# A resource counts by its newest tags of the month, its cost by the tags that it had on the day. #}
ranked as (

    select
        resources.*,
        judged.is_compliant,
        row_number() over (
            partition by resources.month_start_date, resources.provider_name, resources.resource_id
            order by
                resources.last_charge_date desc, resources.tags asc nulls last, resources.service_name asc nulls last,
                resources.account_id asc nulls last, resources.region_id asc nulls last, resources.team_id asc
        ) = 1 and resources.resource_id is not null as is_newest
    from resources
    left join judged
        on
            case when resources.resource_id is not null then resources.provider_name end = judged.provider_name
            and coalesce(resources.service_category, '') = judged.service_category
            and coalesce(resources.tags, '') = judged.tags

),

scoped as (

    select
        month_start_date,
        case
            {%- for scope, column in scopes.items() %}
            when grouping({{ column }}) = 0 then '{{ scope }}'
            {%- endfor %}
            else 'total'
        end as scope_kind,
        case
            {%- for scope, column in scopes.items() %}
            when grouping({{ column }}) = 0 then coalesce({{ column }}, 'unknown')
            {%- endfor %}
            else 'all'
        end as scope,
        cast(count_if(is_newest and is_compliant is not null) as bigint) as resources,
        cast(count_if(is_newest and is_compliant) as bigint) as compliant_resources,
        cast(count_if(is_newest and is_compliant is not null and tags is null) as bigint) as untagged_resources,
        cast(count_if(is_newest and is_compliant is null) as bigint) as exempt_resources,
        {{ money('coalesce(sum(case when is_compliant is not null then cost_usd end), 0)') }} as cost_usd,
        {{ money('coalesce(sum(case when is_compliant then cost_usd end), 0)') }} as compliant_cost_usd,
        {{ money('coalesce(sum(case when is_compliant is not null and tags is null then cost_usd end), 0)') }} as untagged_cost_usd,
        {{ money('coalesce(sum(case when is_compliant is null and resource_id is not null then cost_usd end), 0)') }} as exempt_cost_usd,
        {{ money('coalesce(sum(case when resource_id is null then cost_usd end), 0)') }} as cost_without_resource_usd
    from ranked
    group by grouping sets (
        (month_start_date)
        {%- for column in scopes.values() %},
        (month_start_date, {{ column }})
        {%- endfor %}
    )

),

by_tag as (

    select
        ranked.month_start_date,
        'tag' as scope_kind,
        findings.tag_key as scope,
        cast(count_if(ranked.is_newest) as bigint) as resources,
        cast(count_if(ranked.is_newest and findings.problem is null) as bigint) as compliant_resources,
        cast(count_if(ranked.is_newest and findings.problem = 'absent') as bigint) as untagged_resources,
        cast(0 as bigint) as exempt_resources,
        {{ money('coalesce(sum(ranked.cost_usd), 0)') }} as cost_usd,
        {{ money('coalesce(sum(case when findings.problem is null then ranked.cost_usd end), 0)') }} as compliant_cost_usd,
        {{ money("coalesce(sum(case when findings.problem = 'absent' then ranked.cost_usd end), 0)") }} as untagged_cost_usd,
        {{ money(0) }} as exempt_cost_usd,
        {{ money(0) }} as cost_without_resource_usd
    from ranked
    inner join findings
        on
            ranked.resource_id is not null
            and ranked.provider_name = findings.provider_name
            and coalesce(ranked.service_category, '') = findings.service_category
            and coalesce(ranked.tags, '') = findings.tags
    group by ranked.month_start_date, findings.tag_key

),

together as (

    select
        month_start_date, scope_kind, scope, resources, compliant_resources, untagged_resources, exempt_resources, cost_usd, compliant_cost_usd,
        untagged_cost_usd, exempt_cost_usd, cost_without_resource_usd
    from scoped
    union all
    select
        month_start_date, scope_kind, scope, resources, compliant_resources, untagged_resources, exempt_resources, cost_usd, compliant_cost_usd,
        untagged_cost_usd, exempt_cost_usd, cost_without_resource_usd
    from by_tag

),

shared as (

    select
        *,
        {{ ratio('compliant_resources', 'resources') }} as compliant_share,
        {{ ratio('compliant_cost_usd', 'cost_usd') }} as compliant_cost_share
    from together

),

compared as (

    select
        *,
        case
            when lag(month_start_date) over (partition by scope_kind, scope order by month_start_date) = cast(date_trunc('month', month_start_date - 1) as date)
                then lag(compliant_cost_share) over (partition by scope_kind, scope order by month_start_date)
        end as earlier_share,
        {{ assumption('tag_compliance_target') }} as target_share,
        extract(day from last_day(month_start_date)) as days_in_month,
        month_start_date = max(month_start_date) over () as is_latest
    from shared

),

paced as (

    select
        *,
        case
            when compliant_cost_share >= target_share then 0
            when compliant_cost_share > earlier_share then ceil((target_share - compliant_cost_share) / (compliant_cost_share - earlier_share) * days_in_month)
        end as days_at_this_pace
    from compared

),

final as (

    select
        paced.month_start_date,
        paced.scope_kind,
        paced.scope,
        coalesce(owners.owner_name, case when paced.scope_kind = 'team' and paced.scope = 'unallocated' then 'Unallocated' else paced.scope end) as scope_name,
        paced.resources,
        paced.compliant_resources,
        paced.resources - paced.compliant_resources as noncompliant_resources,
        paced.compliant_share,
        paced.untagged_resources,
        paced.exempt_resources,
        paced.cost_usd,
        paced.compliant_cost_usd,
        {{ money('paced.cost_usd - paced.compliant_cost_usd') }} as noncompliant_cost_usd,
        paced.compliant_cost_share,
        paced.untagged_cost_usd,
        paced.exempt_cost_usd,
        paced.cost_without_resource_usd,
        paced.earlier_share as prior_compliant_cost_share,
        paced.target_share,
        case when paced.days_at_this_pace <= 1825 then cast(paced.days_at_this_pace as integer) end as days_to_target,
        case
            when paced.compliant_cost_share is null then null
            when paced.days_at_this_pace = 0 then 'reached'
            when paced.earlier_share is null then 'no month before'
            when paced.compliant_cost_share < paced.earlier_share then 'moving away'
            when paced.compliant_cost_share = paced.earlier_share then 'unchanged'
            when paced.days_at_this_pace > 1825 then 'not at this pace'
            else 'on the way'
        end as target_outlook,
        paced.is_latest
    from paced
    left join owners on case when paced.scope_kind = 'team' then paced.scope end = owners.owner_id

)

select * from final
