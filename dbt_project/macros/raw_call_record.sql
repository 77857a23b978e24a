{# A call record of int_calls_validated as it came, as JSON text. Made only for the few records that are kept aside:
   for every call it would cost more than all else in the build. #}
{% macro raw_call_record() -%}
    coalesce(raw_record, {{ json_record({
        'call_id': 'call_id', 'trace_id': 'trace_id', 'timestamp': 'raw_timestamp', 'provider': 'provider', 'model': 'model',
        'input_tokens': 'raw_input_tokens', 'cached_input_tokens': 'raw_cached_input_tokens', 'output_tokens': 'raw_output_tokens',
        'cost_usd': 'raw_cost_usd', 'latency_ms': 'raw_latency_ms', 'customer_id': 'customer_id',
        'organization_id': 'organization_id', 'product_id': 'product_id', 'feature_id': 'feature_id', 'task_type': 'task_type',
        'subscription_tier': 'subscription_tier', 'status': 'status', 'service_tier': 'service_tier',
        'quality_score': 'raw_quality_score', 'environment': 'environment', 'region': 'region', 'agent_id': 'agent_id'
    }) }})
{%- endmacro %}
