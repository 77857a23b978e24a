{# one row per Langfuse observation that is a call, or that states usage or a cost, in the columns of stg_raw__calls,
   nothing judged yet. Spans and events that state neither are left out. #}

{{ config(enabled='langfuse' in var('sources')) }}

with observations as (

    select * from {{ source('langfuse', 'observations') }}

),

typed as (

    select
        *,
        try_cast(start_time as timestamp) as started_at,
        try_cast(end_time as timestamp) as ended_at,
        try_cast(cost as decimal(28, 12)) as cost_usd,
        try_cast(input_tokens as bigint) as input_count,
        try_cast(output_tokens as bigint) as output_count,
        coalesce(upper(type) in ('GENERATION', 'EMBEDDING'), true) as is_model_call,
        upper(level) = 'ERROR' as is_failed,
        coalesce(lower(cache_hit) = 'true', false) as is_cache_hit
    from observations

),

{# A model that answered used something. Zeros say that it was not measured, and a cost of 0 that it had no price, unless
   the model is free or a cache gave the answer. #}
calls as (

    select
        *,
        is_model_call and not coalesce(is_failed, false) and not is_cache_hit and metered_units is null
        and input_count = 0 and coalesce(output_count, 0) = 0 and coalesce(cost_usd, 0) = 0 as is_unmeasured,
        not coalesce(is_failed, false) and not is_cache_hit and not {{ is_free_model('provider', 'provided_model_name') }}
        and (is_model_call or input_count > 0 or output_count > 0) as must_cost
    from typed
    where is_model_call or cost_usd <> 0 or input_count > 0 or output_count > 0 or metered_units is not null

),

named as (

    select
        'langfuse' as source_name,
        partition_date,
        file_name,
        {{ call_id_or_place('id') }} as call_id,
        trace_id,
        {{ record_place() }} as record_id,
        id as span_id,
        parent_observation_id as parent_span_id,
        response_id,
        coalesce(session_id, trace_id) as session_key,
        lower(type) as operation,
        case when upper(type) in ('AGENT', 'CHAIN', 'TOOL', 'WORKFLOW') then 'wrapper' else 'call' end as record_kind,
        started_at as called_at,
        ended_at,
        try_cast(updated_at as timestamp) as updated_at,
        lower(coalesce(provider, case when provided_model_name like '%/%' then split_part(provided_model_name, '/', 1) end)) as provider,
        case
            when provider is null and provided_model_name like '%/%' then substring(provided_model_name, length(split_part(provided_model_name, '/', 1)) + 2)
            else provided_model_name
        end as model,
        case when is_unmeasured then null else input_count end as input_tokens,
        try_cast(cached_input_tokens as bigint) as cached_input_tokens,
        try_cast(cache_write_input_tokens as bigint) as cache_write_input_tokens,
        case when is_unmeasured then null else output_count end as output_tokens,
        metered_units,
        case when cost_usd <> 0 or not must_cost then cost_usd end as billed_cost_usd,
        cost is not null and cost_usd is null as has_malformed_cost,
        {{ milliseconds_between('started_at', 'ended_at') }} as latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        task_type,
        team_id,
        subscription_tier,
        case when is_failed then 'failed' else 'success' end as status,
        {{ service_tier_name('service_tier') }} as service_tier,
        try_cast(quality_score as decimal(9, 6)) as quality_score,
        environment,
        region,
        agent_id,
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
        coalesce(line_problem, case when start_time is not null and started_at is null then 'timestamp_malformed' end) as line_problem,
        raw_record,
        field_problems
    from calls

)

select * from named
