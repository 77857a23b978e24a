{# one row per span of the files, as often as they hold it: names, types and units of the warehouse #}

{{ config(enabled='otel' in var('sources')) }}

with spans as (

    select * from {{ source('otel', 'spans') }}

),

typed as (

    select
        *,
        lower(operation_name) as operation,
        coalesce(response_model, request_model) as model,
        try_cast(input_tokens as bigint) as stated_input_tokens,
        try_cast(cached_input_tokens as bigint) as cached_tokens,
        try_cast(cache_write_input_tokens as bigint) as cache_write_tokens,
        try_cast(output_tokens as bigint) as stated_output_tokens,
        try_cast(cost_usd as decimal(24, 12)) as stated_cost_usd,
        lower(coalesce(span_name, '')) as span_text
    from spans

),

{# A span of an agent, a tool or a workflow may repeat the tokens of the calls below it, so it is never a call itself. #}
classified as (

    select
        *,
        case
            when operation in ('invoke_agent', 'create_agent', 'agent') then 'agent'
            when
                operation is null and response_model is null
                and (agent_name is not null or span_text like 'agent run%' or span_text like 'invoke_agent%')
                then 'agent'
            when operation in ('execute_tool', 'tool', 'ai.toolcall') then 'tool'
            when operation in ('retrieval', 'retriever') then 'retrieval'
            when
                operation in ('invoke_workflow', 'workflow', 'chain', 'task', 'plan', 'guardrail', 'evaluator', 'span', 'event')
                or (operation like 'ai.%' and operation not like 'ai.%.do%')
                then 'workflow'
            when
                operation in (
                    'chat', 'text_completion', 'generate_content', 'embeddings', 'completion', 'embedding', 'rerank', 'reranker', 'llm',
                    'generation'
                )
                or model is not null
                or stated_input_tokens is not null
                or stated_output_tokens is not null
                or stated_cost_usd is not null
                then 'call'
            else 'other'
        end as span_kind,
        is_error or error_type is not null as is_failed,
        coalesce(lower(cache_hit) = 'true', false) as is_cache_hit,
        lower(coalesce(error_type, '')) as error_text
    from typed

),

{# A model that answered used something. Zeros say that it was not measured, and a cost of 0 that the tool had no price,
   unless the model is free or a cache gave the answer. #}
measured as (

    select
        *,
        span_kind = 'call' and not is_failed and not is_cache_hit and metered_units is null
        and stated_input_tokens = 0 and coalesce(stated_output_tokens, 0) = 0 and coalesce(stated_cost_usd, 0) = 0 as is_unmeasured,
        not is_failed and not is_cache_hit and not {{ is_free_model('provider', 'model') }} as must_cost
    from classified

),

named as (

    select
        file_name,
        file_version,
        cast(line_number as bigint) as line_number,
        cast(span_number as bigint) as span_number,
        case
            when line_problem is not null then line_problem
            when
                (input_tokens is not null and stated_input_tokens is null)
                or (output_tokens is not null and stated_output_tokens is null)
                or (cached_input_tokens is not null and cached_tokens is null)
                or (cache_write_input_tokens is not null and cache_write_tokens is null)
                then 'tokens_malformed'
        end as line_problem,
        partition_date,
        trace_id, span_id, parent_span_id, span_name, span_kind, operation, started_at, ended_at, latency_ms, is_failed,
        case
            when not is_failed and finish_reasons like '%content_filter%' then 'content_filtered'
            when not is_failed then 'success'
            when error_text like '%ratelimit%' or error_text like '%rate_limit%' or error_text = '429' then 'rate_limited'
            when error_text like '%timeout%' or error_text in ('408', '504') then 'timeout'
            when error_text like '5__' or error_text like '%server%' or error_text like '%connection%' or error_text like '%unavailable%' then 'server_error'
            else 'failed'
        end as status,
        error_type,
        {# The convention renamed these values. #}
        case lower(provider)
            when 'az.ai.openai' then 'azure.ai.openai'
            when 'az.ai.inference' then 'azure.ai.inference'
            when 'vertex_ai' then 'gcp.vertex_ai'
            when 'gemini' then 'gcp.gemini'
            else lower(provider)
        end as provider,
        model,
        case when is_unmeasured then null else stated_input_tokens end as input_tokens,
        cached_tokens as cached_input_tokens,
        cache_write_tokens as cache_write_input_tokens,
        case when is_unmeasured then null else stated_output_tokens end as output_tokens,
        case when stated_cost_usd <> 0 or not must_cost then stated_cost_usd end as billed_cost_usd,
        cost_usd is not null and stated_cost_usd is null as has_malformed_cost,
        {{ service_tier_name('service_tier') }} as service_tier,
        response_id, metered_units, field_problems, conversation_id, agent_id, agent_name, tool_name, workflow_name, service_name, environment, region,
        customer_id, organization_id, product_id, feature_id, task_type, team_id, subscription_tier,
        {{ attempt_kind() }} as attempt_kind,
        try_cast(quality_score as decimal(9, 6)) as quality_score,
        input_tokens as raw_input_tokens,
        output_tokens as raw_output_tokens,
        cached_input_tokens as raw_cached_input_tokens,
        cache_write_input_tokens as raw_cache_write_input_tokens,
        cost_usd as raw_cost_usd
    from measured

)

select * from named
