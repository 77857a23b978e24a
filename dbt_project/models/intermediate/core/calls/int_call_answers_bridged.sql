{# one row per answer that a gateway logged twice, under a second id: it answered one kind of request by another, and logged
   both. Same session, key, model and tokens, one within the time of the other. #}

{{ config(enabled=landed_call_sources() | length > 0) }}

{% set pair = 'outer_request.source_name, outer_request.session_key, outer_request.model, outer_request.input_tokens, outer_request.output_tokens, '
    ~ 'outer_request.endpoint, inner_request.endpoint' %}

with records as (

    select * from {{ ref('int_call_records_identified') }}

),

requests as (

    select
        source_name,
        answer_key,
        session_key,
        model,
        input_tokens,
        output_tokens,
        called_at,
        ended_at,
        case
            when operation like '%responses' then 'responses'
            when operation like '%anthropic_messages' then 'messages'
            when operation like '%generate_content%' then 'content'
            when operation like '%completion' then 'completion'
        end as endpoint
    from records
    where is_head and not is_never_made and session_key is not null and tokens > 0 and span_key is null

),

{# Of several pairs at a time the first lies within the first, and so on. #}
paired as (

    select
        outer_request.answer_key,
        inner_request.answer_key as inner_answer_key,
        dense_rank() over (
            partition by {{ pair }} order by outer_request.called_at, outer_request.answer_key
        ) as outer_rank,
        dense_rank() over (
            partition by {{ pair }} order by inner_request.called_at, inner_request.answer_key
        ) as inner_rank
    from requests as outer_request
    inner join requests as inner_request
        on
            outer_request.source_name = inner_request.source_name
            and outer_request.session_key = inner_request.session_key
            and outer_request.model = inner_request.model
            and outer_request.input_tokens = inner_request.input_tokens
            and outer_request.output_tokens = inner_request.output_tokens
            and outer_request.endpoint <> inner_request.endpoint
            and outer_request.called_at <= inner_request.called_at
            and inner_request.ended_at <= outer_request.ended_at
            and (
                outer_request.called_at < inner_request.called_at
                or inner_request.ended_at < outer_request.ended_at
                or outer_request.endpoint > inner_request.endpoint
            )

),

bridged as (

    select
        paired.answer_key,
        min(coalesce(further.inner_answer_key, paired.inner_answer_key)) as inner_answer_key
    from paired
    left join paired as further on paired.inner_answer_key = further.answer_key and further.outer_rank = further.inner_rank
    where paired.outer_rank = paired.inner_rank
    group by paired.answer_key

)

select * from bridged
