{# one row per kind of action on resources, and one per kind x verdict x reason: on how many resources, and what it saves #}

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
        case when grouping(verdict) = 1 then 'kind' else 'reason' end as rollup_level,
        action_kind,
        applied_order,
        coalesce(verdict, 'all') as verdict,
        coalesce(reason_kind, 'all') as reason_kind,
        count(*) as resources,
        count(*) filter (where verdict = 'accepted') as accepted_resources,
        count(*) filter (where verdict = 'rejected') as rejected_resources,
        count(*) filter (where verdict = 'unknown') as unknown_resources,
        {{ money('sum(scope_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(monthly_savings_usd)') }} as monthly_savings_usd,
        {{ money('sum(low_monthly_savings_usd)') }} as low_monthly_savings_usd,
        {{ money('sum(high_monthly_savings_usd)') }} as high_monthly_savings_usd,
        {{ money('coalesce(sum(overlap_usd), 0)') }} as overlap_usd,
        {{ money("coalesce(sum(effort_usd) filter (where verdict = 'accepted'), 0)") }} as effort_usd
    from reasoned
    group by grouping sets ((action_kind, applied_order), (action_kind, applied_order, verdict, reason_kind))

)

select * from final
