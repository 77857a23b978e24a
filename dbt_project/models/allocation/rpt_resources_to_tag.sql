{# one row per resource of the newest month of the bills whose tags are wrong, with all that is to be done; and the sums with and without a team #}

with noncompliant as (

    select * from {{ ref('rpt_noncompliant_resources') }}

),

resources as (

    select
        month_start_date,
        provider_name,
        resource_id,
        service_name,
        fixed_by,
        cost_usd,
        resource_rank,
        case when team_id = 'unallocated' then 'Without a team' else 'With a team' end as owned,
        {{ string_agg_sorted("case when problem = 'absent' then right_key end", ', ', by='tag_key') }} as absent_keys,
        {{ string_agg_sorted("case when problem <> 'absent' then correction end", '; ', by='tag_key') }} as other_corrections
    from noncompliant
    group by month_start_date, provider_name, resource_id, service_name, fixed_by, cost_usd, resource_rank, team_id

),

corrected as (

    select
        *,
        coalesce('add ' || absent_keys, '') || case when absent_keys is not null and other_corrections is not null then '; ' else '' end
        || coalesce(other_corrections, '') as corrections
    from resources

),

final as (

    select
        case when grouping(resource_id) = 0 then 'resource' when grouping(owned) = 0 then 'owned' else 'total' end as rollup_level,
        max(month_start_date) as month_start_date,
        provider_name,
        resource_id,
        coalesce(owned, 'All of them') as owned,
        max(service_name) as service_name,
        case
            when grouping(resource_id) = 0
                then max(corrections)
        end as corrections,
        max(fixed_by) as fixed_by,
        count(*) as resources,
        {{ money('sum(cost_usd)') }} as cost_usd,
        min(resource_rank) as resource_rank
    from corrected
    group by grouping sets ((provider_name, resource_id, owned), (owned), ())
    having count(*) > 0

)

select * from final
