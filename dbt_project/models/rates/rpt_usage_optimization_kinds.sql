{# one row per kind of action on resources, one per kind x verdict x reason, and one per kind x verdict x reason x team: on how many resources, and what it saves #}

with optimizations as (

    select * from {{ ref('rpt_usage_optimizations') }}

),

reasoned as (

    select
        *,
        split_part(reason, ' (', 1) as reason_kind
    from optimizations

),

final as (

    select
        case when grouping(verdict) = 1 then 'kind' when grouping(team_id) = 1 then 'reason' else 'reason_and_team' end as rollup_level,
        action_kind,
        applied_order,
        coalesce(verdict, 'all') as verdict,
        coalesce(reason_kind, 'all') as reason_kind,
        coalesce(team_id, 'all') as team_id,
        count(*) as resources,
        count(*) filter (where verdict = 'accepted') as accepted_resources,
        count(*) filter (where verdict = 'rejected') as rejected_resources,
        count(*) filter (where verdict = 'unknown') as unknown_resources,
        {{ money('sum(scope_cost_usd)') }} as scope_cost_usd,
        {% for amount in ['monthly_savings_usd', 'low_monthly_savings_usd', 'high_monthly_savings_usd', 'overlap_usd'] -%}
        {{ money('coalesce(sum(' ~ amount ~ ') filter (where not is_illustrative), 0)') }} as {{ amount }},
        {% endfor -%}
        {{ money("coalesce(sum(effort_usd) filter (where verdict = 'accepted' and not is_illustrative), 0)") }} as effort_usd,
        {{ money('coalesce(sum(monthly_savings_usd) filter (where is_illustrative), 0)') }} as illustrative_monthly_savings_usd
    from reasoned
    group by grouping sets ((action_kind, applied_order), (action_kind, applied_order, verdict, reason_kind), (action_kind, applied_order, verdict, reason_kind, team_id))

)

select * from final
