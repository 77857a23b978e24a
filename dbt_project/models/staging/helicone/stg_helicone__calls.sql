{# one row per record of Helicone's requests, in the columns of stg_raw__calls, nothing judged yet. Events of tools and
   data bases that state neither usage nor a cost are left out. #}

{{ config(enabled='helicone' in var('sources')) }}

with calls as (

    select * from {{ source('helicone', 'calls') }}

),

typed as (

    select
        *,
        try_cast(request_created_at as timestamp) as requested_at,
        try_cast(response_created_at as timestamp) as responded_at,
        try_cast(cost as decimal(28, 12)) as cost_usd,
        try_cast(input_tokens as bigint) as input_count,
        try_cast(output_tokens as bigint) as output_count,
        try_cast(try_cast(status as decimal(18, 3)) as bigint) as status_code,
        coalesce(is_cache_hit = 'true', false) as is_hit,
        {{ is_free_model('provider', 'model') }} as is_free
    from calls

),

{# Helicone writes 0 for what it has no price for or could not measure. It is a charge only where the model is free, where the
   call failed, or where its cache gave the answer: then no token reached the provider. Codes below 200 are its own: a call
   that waits, timed out, was cancelled or stopped as a threat. #}
measured as (

    select
        *,
        coalesce(status_code not between 200 and 299, false) as is_failure,
        not is_hit and metered_units is null and coalesce(status_code between 200 and 299, true)
        and coalesce(input_count, 0) = 0 and coalesce(output_count, 0) = 0 as is_unmeasured
    from typed
    where coalesce(is_event = 'false', true) or cost_usd <> 0 or input_count > 0 or output_count > 0

),

named as (

    select
        'helicone' as source_name,
        partition_date,
        file_name,
        {{ call_id_or_place('call_id') }} as call_id,
        session_id as trace_id,
        {{ record_place() }} as record_id,
        cast(null as string) as span_id,
        cast(null as string) as parent_span_id,
        answer_id as response_id,
        session_id as session_key,
        cast(null as string) as operation,
        'call' as record_kind,
        requested_at as called_at,
        responded_at as ended_at,
        try_cast(updated_at as timestamp) as updated_at,
        lower(coalesce(provider, case when model like '%/%' then split_part(model, '/', 1) end)) as provider,
        case
            when provider is null and model like '%/%' then substring(model, length(split_part(model, '/', 1)) + 2)
            when lower(model) like lower(provider) || '/%' then substring(model, length(provider) + 2)
            else model
        end as model,
        case when is_hit then 0 when not is_unmeasured then input_count end as input_tokens,
        case when is_hit then 0 else try_cast(cached_input_tokens as bigint) end as cached_input_tokens,
        case when is_hit then 0 else try_cast(cache_write_input_tokens as bigint) end as cache_write_input_tokens,
        case when is_hit then 0 when not is_unmeasured then output_count end as output_tokens,
        case when not is_hit then metered_units end as metered_units,
        case when cost_usd <> 0 or is_hit or is_free or is_failure then cost_usd end as billed_cost_usd,
        cost is not null and cost_usd is null as has_malformed_cost,
        coalesce(
            cast(round(try_cast(latency_ms as decimal(28, 6))) as bigint),
            {{ milliseconds_between('requested_at', 'responded_at') }}
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
            when status_code = 429 then 'rate_limited'
            when status_code in (-1, 408, 504) then 'timeout'
            when status_code = -4 then 'content_filtered'
            when status_code between 500 and 599 then 'server_error'
            else 'failed'
        end as status,
        cast(null as string) as service_tier,
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
        coalesce(line_problem, case when request_created_at is not null and requested_at is null then 'timestamp_malformed' end) as line_problem,
        raw_record,
        field_problems
    from measured

)

select * from named
