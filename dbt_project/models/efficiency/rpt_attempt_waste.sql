{# one row per source x provider x model: calls of the last 30 days to the as-of date and the operations that they are, and what
   went into attempts that another one took up or that may have been sent twice #}

with usage as (

    select * from {{ ref('fct_usage_daily') }}

),

attempts as (

    select * from {{ ref('int_call_attempts') }}

),

period as (

    select * from {{ ref('int_as_of_date') }}

),

called as (

    select
        usage.source_name,
        usage.provider,
        usage.model,
        cast(sum(usage.calls) as bigint) as calls,
        {{ money('sum(usage.effective_cost_usd)') }} as effective_cost_usd
    from usage
    inner join period on usage.usage_date between period.window_start_date and period.as_of_date
    group by usage.source_name, usage.provider, usage.model

),

attempted as (

    select
        attempts.source_name,
        attempts.provider,
        attempts.model,
        count(*) filter (where attempts.is_retry) as retried_calls,
        count(*) filter (where attempts.is_fallback) as fallback_calls,
        count(*) filter (where attempts.is_superseded) as superseded_calls,
        count(*) filter (where attempts.is_superseded and attempts.effective_cost_usd is null) as uncosted_superseded_calls,
        count(*) filter (where attempts.is_possible_resend) as possible_resends,
        count(*) filter (where attempts.is_possible_resend and attempts.effective_cost_usd is null) as uncosted_possible_resends,
        {{ money('sum(attempts.effective_cost_usd) filter (where attempts.is_superseded)') }} as superseded_cost_usd,
        {{ money('sum(attempts.effective_cost_usd) filter (where attempts.is_possible_resend)') }} as possible_resend_cost_usd
    from attempts
    inner join period on attempts.usage_date between period.window_start_date and period.as_of_date
    group by attempts.source_name, attempts.provider, attempts.model

),

summed as (

    select
        called.source_name,
        called.provider,
        called.model,
        called.calls,
        called.calls - coalesce(attempted.superseded_calls, 0) as operations,
        coalesce(attempted.retried_calls, 0) as retried_calls,
        coalesce(attempted.fallback_calls, 0) as fallback_calls,
        coalesce(attempted.superseded_calls, 0) as superseded_calls,
        coalesce(attempted.uncosted_superseded_calls, 0) as uncosted_superseded_calls,
        coalesce(attempted.possible_resends, 0) as possible_resends,
        coalesce(attempted.uncosted_possible_resends, 0) as uncosted_possible_resends,
        coalesce(attempted.uncosted_superseded_calls, 0) + coalesce(attempted.uncosted_possible_resends, 0) as uncosted_calls,
        called.effective_cost_usd,
        {{ money('case when coalesce(attempted.superseded_calls, 0) = 0 then 0 else attempted.superseded_cost_usd end') }} as superseded_cost_usd,
        {{ money('case when coalesce(attempted.possible_resends, 0) = 0 then 0 else attempted.possible_resend_cost_usd end') }} as possible_resend_cost_usd
    from called
    left join attempted
        on called.source_name = attempted.source_name and called.provider = attempted.provider and called.model = attempted.model

)

select * from summed
