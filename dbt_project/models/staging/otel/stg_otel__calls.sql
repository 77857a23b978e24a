{# one row per span that is a call of a model, or that cannot be read, in the columns of stg_raw__calls #}

{{ config(enabled='otel' in var('sources')) }}

with spans as (

    select * from {{ ref('stg_otel__spans') }}

),

calls as (

    select
        'otel' as source_name,
        partition_date,
        file_name,
        coalesce(trace_id || '-' || span_id, case when line_problem is null then file_name || ':' || cast(line_number as string) || ':' || cast(span_number as string) end) as call_id,
        trace_id,
        file_name || ':' || cast(line_number as string) || ':' || cast(span_number as string) as record_id,
        span_id,
        parent_span_id,
        response_id,
        coalesce(conversation_id, trace_id) as session_key,
        operation,
        case when span_kind in ('agent', 'tool', 'retrieval', 'workflow') then 'wrapper' else 'call' end as record_kind,
        started_at as called_at,
        ended_at,
        cast(null as timestamp) as updated_at,
        provider,
        model,
        input_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        output_tokens,
        metered_units,
        billed_cost_usd,
        has_malformed_cost,
        latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        task_type,
        team_id,
        subscription_tier,
        status,
        service_tier,
        quality_score,
        environment,
        region,
        coalesce(agent_id, agent_name) as agent_id,
        attempt_kind,
        cast(null as timestamp) as raw_timestamp,
        cast(null as bigint) as raw_input_tokens,
        cast(null as bigint) as raw_cached_input_tokens,
        cast(null as bigint) as raw_output_tokens,
        cast(null as decimal(18, 9)) as raw_cost_usd,
        cast(null as bigint) as raw_latency_ms,
        cast(null as double) as raw_quality_score,
        file_version,
        line_number,
        line_problem,
        {{ json_record({
            'span_number': 'span_number', 'trace_id': 'trace_id', 'span_id': 'span_id', 'parent_span_id': 'parent_span_id',
            'name': 'span_name', 'operation': 'operation', 'started_at': 'started_at', 'ended_at': 'ended_at', 'error_type': 'error_type',
            'provider': 'provider', 'model': 'model', 'input_tokens': 'raw_input_tokens', 'output_tokens': 'raw_output_tokens',
            'cached_input_tokens': 'raw_cached_input_tokens', 'cache_write_input_tokens': 'raw_cache_write_input_tokens',
            'cost_usd': 'raw_cost_usd', 'customer_id': 'customer_id', 'organization_id': 'organization_id', 'product_id': 'product_id',
            'feature_id': 'feature_id', 'task_type': 'task_type', 'team_id': 'team_id'
        }) }} as raw_record,
        field_problems
    from spans
    where
        span_kind = 'call'
        or line_problem is not null
        or (span_kind <> 'other' and (input_tokens > 0 or output_tokens > 0 or billed_cost_usd <> 0))

)

select * from calls
