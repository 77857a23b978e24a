{# one row per raw call record, as it came: names, types and units of the warehouse, nothing judged yet.
   The columns raw_* keep what a cast may lose, for the records that will be refused. #}

with calls as (

    select *, {{ raw_file_name() }} as raw_file_name from {{ source('raw', 'calls') }}

),

typed as (

    select
        'calls' as source_name,
        cast(date as date) as partition_date,
        raw_file_name as file_name,
        call_id,
        trace_id,
        cast(null as string) as record_id,
        cast(null as string) as span_id,
        cast(null as string) as parent_span_id,
        cast(null as string) as response_id,
        cast(null as string) as session_key,
        cast(null as string) as operation,
        'call' as record_kind,
        try_cast(timestamp as timestamp) as called_at,
        cast(null as timestamp) as ended_at,
        cast(null as timestamp) as updated_at,
        provider,
        model,
        try_cast(input_tokens as bigint) as input_tokens,
        try_cast(cached_input_tokens as bigint) as cached_input_tokens,
        cast(null as bigint) as cache_write_input_tokens,
        try_cast(output_tokens as bigint) as output_tokens,
        cast(null as string) as metered_units,
        try_cast(cost_usd as decimal(18, 9)) as billed_cost_usd,
        cost_usd is not null and try_cast(cost_usd as decimal(18, 9)) is null as has_malformed_cost,
        try_cast(latency_ms as bigint) as latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        task_type,
        cast(null as string) as team_id,
        subscription_tier,
        status,
        service_tier,
        case when abs(quality_score) <= 999 then {{ decimal_of_double('quality_score', 'decimal(9, 6)') }} end as quality_score,
        environment,
        region,
        agent_id,
        cast(null as string) as attempt_kind,
        timestamp as raw_timestamp,
        input_tokens as raw_input_tokens,
        cached_input_tokens as raw_cached_input_tokens,
        output_tokens as raw_output_tokens,
        cost_usd as raw_cost_usd,
        latency_ms as raw_latency_ms,
        quality_score as raw_quality_score,
        cast(null as string) as file_version,
        cast(null as bigint) as line_number,
        cast(null as string) as line_problem,
        cast(null as string) as raw_record,
        cast(null as string) as field_problems
    from calls

)

select * from typed
