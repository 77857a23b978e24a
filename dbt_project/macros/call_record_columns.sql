{# The columns that every source of call records has, by the names under which they are joined (stg_<source>__calls,
   int_calls_validated). A list, for unions by name.
   record_id         the record in its file: file, line and, where a line holds several, the number in it
   span_id           the record's own id in its trace; parent_span_id is that of what it ran in
   response_id       the provider's id of the answer
   session_key       what ties rows of one request together where they share no id
   operation         what the tool calls the kind of work, in lower case
   record_kind       'call', or 'wrapper' where the tool itself says that it is an agent, a chain, a tool or a workflow
   attempt_kind      'first', 'retry' or 'fallback': which attempt of its operation the tool says that it is; null where it does not say
   metered_units     JSON object {meter: quantity} of what is neither plain input, cached input, 5-minute cache write nor text
                     output; null where there is nothing of the kind
   field_problems    what could not be read of the record, as `field: reason`, several apart by `; ` #}
{% macro call_record_columns() -%}
    {{ return([
        'source_name', 'partition_date', 'file_name', 'call_id', 'trace_id', 'record_id', 'span_id', 'parent_span_id',
        'response_id', 'session_key', 'operation', 'record_kind', 'called_at', 'ended_at', 'updated_at', 'provider', 'model',
        'input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens', 'metered_units',
        'billed_cost_usd', 'has_malformed_cost', 'latency_ms', 'customer_id', 'organization_id', 'product_id', 'feature_id',
        'task_type', 'team_id', 'subscription_tier', 'status', 'service_tier', 'quality_score', 'environment', 'region',
        'agent_id', 'attempt_kind', 'raw_timestamp', 'raw_input_tokens', 'raw_cached_input_tokens', 'raw_output_tokens', 'raw_cost_usd',
        'raw_latency_ms', 'raw_quality_score', 'file_version', 'line_number', 'line_problem', 'raw_record', 'field_problems'
    ]) }}
{%- endmacro %}

{# Whether of a call record only the charge can be told, because a count of tokens cannot be read: it counts, with unknown tokens. #}
{% macro has_charge_alone() -%}
    coalesce(line_problem = 'tokens_malformed' and billed_cost_usd > 0, false)
{%- endmacro %}
