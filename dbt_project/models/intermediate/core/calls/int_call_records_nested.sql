{# one row per call record x record above it in its trace, however far above and through whatever spans: over files, days
   and tools #}

{{ config(enabled=landed_call_sources() | length > 0) }}

with recursive records as (

    select * from {{ ref('int_call_records_identified') }}
    where is_head and span_key is not null

),

spans as (

    select trace_id, span_key, parent_span_key from records
    {%- if 'otel' in var('sources') %}
    union all
    select trace_id, trace_id || ':' || span_id as span_key, trace_id || ':' || parent_span_id as parent_span_key
    from {{ ref('stg_otel__spans') }}
    where line_problem is null
    {%- endif %}
    {%- if 'langfuse' in var('sources') %}
    union all
    select
        trace_id,
        coalesce(trace_id, '') || ':' || observation_id as span_key,
        coalesce(trace_id, '') || ':' || parent_observation_id as parent_span_key
    from {{ ref('stg_langfuse__observations') }}
    {%- endif %}

),

{# Most traces hold no record that has spans below it: they are not followed. #}
parents as (

    select distinct spans.parent_span_key, coalesce(spans.trace_id, '') as trace_key
    from spans
    inner join records on spans.parent_span_key = records.span_key
    where spans.parent_span_key <> spans.span_key

),

links as (

    select
        spans.span_key,
        max(spans.parent_span_key) as parent_span_key
    from spans
    semi join parents on coalesce(spans.trace_id, '') = parents.trace_key
    where spans.span_key <> spans.parent_span_key
    group by spans.span_key

),

{# Each span has one parent, so that the way up is a line. Where parents go round in a ring, it ends at its start, and
   for a span outside of the ring after 250 spans. #}
walked as (

    select
        records.record_id,
        records.span_key,
        links.parent_span_key as above_span_key,
        1 as steps
    from records
    inner join links on records.span_key = links.span_key
    union all
    select
        walked.record_id,
        walked.span_key,
        links.parent_span_key as above_span_key,
        walked.steps + 1 as steps
    from walked
    inner join links on walked.above_span_key = links.span_key
    where walked.steps < 250 and links.parent_span_key <> walked.span_key

),

pairs as (

    select
        walked.record_id,
        above.record_id as above_record_id,
        min(walked.steps) as steps
    from walked
    inner join records as above on walked.above_span_key = above.span_key
    group by walked.record_id, above.record_id

),

{# Of two that are each above the other, neither is. #}
nested as (

    select
        pairs.record_id,
        pairs.above_record_id,
        pairs.steps
    from pairs
    anti join pairs as opposite on pairs.record_id = opposite.above_record_id and pairs.above_record_id = opposite.record_id

)

select * from nested
