{# one row per source x provider x model: calls and the operations that they are, in traces of the last 30 days to the as-of date,
   and what went into attempts that another one took up or that may have been sent twice #}

with steps as (

    select * from {{ ref('int_trace_steps_marked') }}

),

summed as (

    select
        source_name,
        provider,
        model,
        count(*) as calls,
        count(*) filter (where not is_superseded) as operations,
        count(*) filter (where is_retry) as retried_calls,
        count(*) filter (where is_fallback) as fallback_calls,
        count(*) filter (where is_superseded) as superseded_calls,
        count(*) filter (where is_superseded and effective_cost_usd is null) as uncosted_superseded_calls,
        count(*) filter (where is_possible_resend) as possible_resends,
        count(*) filter (where is_possible_resend and effective_cost_usd is null) as uncosted_possible_resends,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('case when count(*) filter (where is_superseded) = 0 then 0 else sum(effective_cost_usd) filter (where is_superseded) end') }}
            as superseded_cost_usd,
        {{ money('case when count(*) filter (where is_possible_resend) = 0 then 0 else sum(effective_cost_usd) filter (where is_possible_resend) end') }}
            as possible_resend_cost_usd
    from steps
    where step_kind = 'call'
    group by source_name, provider, model

)

select * from summed
