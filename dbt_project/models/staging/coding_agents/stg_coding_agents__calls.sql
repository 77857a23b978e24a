{# one row per call of a coding agent, in the columns of stg_raw__calls, nothing judged yet #}

{{ config(enabled='coding_agents' in var('sources')) }}

with calls as (

    select * from {{ source('coding_agents', 'calls') }}

),

typed as (

    select
        *,
        try_cast(cost as decimal(28, 12)) as cost_usd,
        {# What is not a tier of its own is the standard one. #}
        case when lower(service_tier) in ('batch', 'priority', 'flex', 'fast') then lower(service_tier) else 'standard' end as tier
    from calls

),

named as (

    select
        'coding_agents' as source_name,
        partition_date,
        file_name,
        id as call_id,
        session_id as trace_id,
        {{ record_place() }} as record_id,
        cast(null as string) as span_id,
        cast(null as string) as parent_span_id,
        id as response_id,
        session_id as session_key,
        'chat' as operation,
        'call' as record_kind,
        try_cast(timestamp as timestamp) as called_at,
        cast(null as timestamp) as ended_at,
        cast(null as timestamp) as updated_at,
        lower(provider) as provider,
        model,
        try_cast(input_tokens as bigint) as input_tokens,
        try_cast(cached_input_tokens as bigint) as cached_input_tokens,
        try_cast(cache_write_input_tokens as bigint) as cache_write_input_tokens,
        try_cast(output_tokens as bigint) as output_tokens,
        metered_units,
        cost_usd as billed_cost_usd,
        cost is not null and cost_usd is null as has_malformed_cost,
        cast(null as bigint) as latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        coalesce(task_type, 'coding') as task_type,
        team_id,
        subscription_tier,
        'success' as status,
        tier as service_tier,
        cast(null as decimal(9, 6)) as quality_score,
        environment,
        region,
        coalesce(agent_id, tool) as agent_id,
        {{ attempt_kind() }} as attempt_kind,
        cast(null as timestamp) as raw_timestamp,
        cast(null as bigint) as raw_input_tokens,
        cast(null as bigint) as raw_cached_input_tokens,
        cast(null as bigint) as raw_output_tokens,
        cast(null as decimal(18, 9)) as raw_cost_usd,
        cast(null as bigint) as raw_latency_ms,
        cast(null as double) as raw_quality_score,
        file_version,
        cast(line_number as bigint) as line_number,
        line_problem,
        raw_record,
        field_problems
    from typed

)

select * from named
