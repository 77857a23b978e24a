{# one row per raw call record, as it came: names, types and units of the warehouse, nothing judged yet #}

{% set raw_columns = [
    'call_id', 'trace_id', 'timestamp', 'provider', 'model', 'input_tokens', 'cached_input_tokens', 'output_tokens',
    'cost_usd', 'latency_ms', 'customer_id', 'organization_id', 'product_id', 'feature_id', 'task_type',
    'subscription_tier', 'status', 'service_tier', 'quality_score', 'environment', 'region', 'agent_id'
] %}

with calls as (

    select *, {{ raw_file_name() }} as raw_file_name from {{ source('raw', 'calls') }}

),

typed as (

    select
        cast(date as date) as partition_date,
        raw_file_name as file_name,
        call_id,
        trace_id,
        try_cast(timestamp as timestamp) as called_at,
        provider,
        model,
        try_cast(input_tokens as bigint) as input_tokens,
        try_cast(cached_input_tokens as bigint) as cached_input_tokens,
        try_cast(output_tokens as bigint) as output_tokens,
        try_cast(cost_usd as decimal(18, 9)) as billed_cost_usd,
        cost_usd is not null and try_cast(cost_usd as decimal(18, 9)) is null as has_malformed_cost,
        try_cast(latency_ms as bigint) as latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        task_type,
        subscription_tier,
        coalesce(status, 'success') as status,
        coalesce(service_tier, 'standard') as service_tier,
        try_cast(quality_score as decimal(9, 6)) as quality_score,
        coalesce(environment, 'production') as environment,
        region,
        agent_id,
        {{ json_record(raw_columns) }} as raw_record
    from calls

)

select * from typed
