{# one row per record of the LiteLLM spend logs, in the columns of stg_raw__calls, nothing judged yet #}

{{ config(enabled='litellm' in var('sources')) }}

with calls as (

    select * from {{ source('litellm', 'calls') }}

),

{# LiteLLM writes 0 for what it has no price for or could not measure. It is a charge only where the model is free, where
   the call failed or was none that costs, or where its cache gave the answer: then no token reached the provider. #}
typed as (

    select
        *,
        try_cast(starttime as timestamp) as started_at,
        try_cast(endtime as timestamp) as ended_at,
        coalesce(lower(cache_hit) = 'true', false) as is_cache_hit,
        coalesce(lower(status), 'success') <> 'success' as is_failure,
        try_cast(spend as decimal(28, 12)) as spend_usd,
        coalesce(try_cast(gateway_usd_per_input_token as double) = 0 and try_cast(gateway_usd_per_output_token as double) = 0, false)
        or {{ is_free_model('custom_llm_provider', 'model') }} as is_free,
        try_cast(input_tokens as bigint) as prompt_token_count,
        try_cast(completion_tokens as bigint) as completion_token_count,
        (input_tokens is not null and try_cast(input_tokens as bigint) is null)
        or (completion_tokens is not null and try_cast(completion_tokens as bigint) is null) as has_malformed_tokens,
        lower(coalesce(provider, custom_llm_provider, case when model like '%/%' then split_part(model, '/', 1) end)) as provider_name
    from calls

),

measured as (

    select
        *,
        not is_cache_hit and not is_failure and not coalesce(is_measured = 'true', true) as is_unmeasured,
        not (is_cache_hit or is_failure or is_free) and (coalesce(needs_usage = 'true', false) or prompt_token_count + completion_token_count > 0) as must_cost
    from typed

),

named as (

    select
        'litellm' as source_name,
        partition_date,
        file_name,
        {{ call_id_or_place('request_id') }} as call_id,
        session_id as trace_id,
        {{ record_place() }} as record_id,
        cast(null as string) as span_id,
        cast(null as string) as parent_span_id,
        coalesce(response_id, request_id) as response_id,
        session_key,
        lower(call_type) as operation,
        'call' as record_kind,
        started_at as called_at,
        ended_at,
        cast(null as timestamp) as updated_at,
        provider_name as provider,
        case when lower(model) like provider_name || '/%' then substring(model, length(provider_name) + 2) else model end as model,
        case when is_cache_hit then 0 when not is_unmeasured then prompt_token_count end as input_tokens,
        case when is_cache_hit then 0 else try_cast(cached_input_tokens as bigint) end as cached_input_tokens,
        case when is_cache_hit then 0 else try_cast(cache_write_input_tokens as bigint) end as cache_write_input_tokens,
        case when is_cache_hit then 0 when not is_unmeasured then completion_token_count end as output_tokens,
        case when not is_cache_hit then metered_units end as metered_units,
        case when spend_usd <> 0 or not must_cost then spend_usd end as billed_cost_usd,
        spend is not null and spend_usd is null as has_malformed_cost,
        coalesce(
            cast(round(try_cast(request_duration_ms as decimal(28, 6))) as bigint),
            {{ milliseconds_between('started_at', 'ended_at') }}
        ) as latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        task_type,
        team_id,
        subscription_tier,
        case
            when not is_failure then 'success'
            when error_code = '429' then 'rate_limited'
            when error_code in ('408', '504') or lower(error_class) like '%timeout%' then 'timeout'
            when lower(error_class) like '%contentpolicy%' then 'content_filtered'
            when error_code like '5%' then 'server_error'
            else 'failed'
        end as status,
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
        coalesce(
            line_problem,
            case when starttime is not null and started_at is null then 'timestamp_malformed' when has_malformed_tokens then 'tokens_malformed' end
        ) as line_problem,
        raw_record,
        field_problems
    from measured

)

select * from named
