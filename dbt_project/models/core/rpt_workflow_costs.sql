{# one row per source x workflow, over the last 30 days to the as-of date: what one run of it costs and how long it takes #}

{{ config(materialized='table' if 'otel' in var('sources') else view_or_table()) }}

with traces as (

    select * from {{ ref('fct_traces') }}

),

summed as (

    select
        source_name,
        workflow_name,
        count(*) as traces,
        count(*) filter (where is_failed) as failed_traces,
        count(*) filter (where uncosted_calls > 0) as uncosted_traces,
        cast(sum(calls) as bigint) as calls,
        cast(sum(failed_calls) as bigint) as failed_calls,
        cast(sum(operations) as bigint) as operations,
        cast(sum(retried_calls) as bigint) as retried_calls,
        cast(sum(fallback_calls) as bigint) as fallback_calls,
        cast(sum(possible_resends) as bigint) as possible_resends,
        cast(sum(agent_spans) as bigint) as agent_spans,
        cast(sum(tool_spans) as bigint) as tool_spans,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(failed_cost_usd)') }} as failed_cost_usd,
        {{ money('sum(retried_cost_usd)') }} as retried_cost_usd,
        {{ money('sum(superseded_cost_usd)') }} as superseded_cost_usd,
        {{ money('sum(possible_resend_cost_usd)') }} as possible_resend_cost_usd,
        cast({{ percentile('cast(effective_cost_usd as double)', 0.5) }} as double) as cost_per_trace_p50_usd_float,
        cast({{ percentile('cast(effective_cost_usd as double)', 0.95) }} as double) as cost_per_trace_p95_usd_float,
        cast({{ percentile('wall_time_ms', 0.5) }} as double) as wall_time_p50_ms,
        cast({{ percentile('wall_time_ms', 0.95) }} as double) as wall_time_p95_ms,
        cast({{ percentile('critical_path_ms', 0.5) }} as double) as critical_path_p50_ms,
        sum(critical_call_ms) as critical_call_ms,
        sum(critical_path_ms) as critical_path_ms
    from traces
    group by source_name, workflow_name

),

rated as (

    select
        source_name,
        workflow_name,
        traces,
        failed_traces,
        uncosted_traces,
        calls,
        failed_calls,
        operations,
        retried_calls,
        fallback_calls,
        possible_resends,
        agent_spans,
        tool_spans,
        input_tokens,
        cached_input_tokens,
        output_tokens,
        effective_cost_usd,
        failed_cost_usd,
        retried_cost_usd,
        superseded_cost_usd,
        possible_resend_cost_usd,
        {{ money_of_double(ratio('effective_cost_usd', 'traces')) }} as cost_per_trace_usd,
        {{ money_of_double('cost_per_trace_p50_usd_float') }} as cost_per_trace_p50_usd,
        {{ money_of_double('cost_per_trace_p95_usd_float') }} as cost_per_trace_p95_usd,
        {{ ratio('failed_calls', 'calls') }} as failed_call_share,
        {{ ratio('retried_calls', 'calls') }} as retried_call_share,
        {{ ratio('retried_cost_usd', 'effective_cost_usd') }} as retried_cost_share,
        wall_time_p50_ms,
        wall_time_p95_ms,
        critical_path_p50_ms,
        {{ ratio('critical_call_ms', 'critical_path_ms') }} as model_time_share
    from summed

)

select * from rated
