{# one row per call record of the sources that are on, in the columns of stg_raw__calls, with the first reason for which it
   cannot be counted, or null. An unknown provider, model, customer or duration is no such reason: the call happened and was
   charged. Another source that is off is left out of the SQL, so that it costs nothing. #}

{{ config(materialized='view') }}

{% set columns = call_record_columns() | join(', ') %}

with records as (

    select {{ columns }} from {{ ref('stg_raw__calls') }}
    {{ 'where 1 = 0' if 'calls' not in var('sources') }}
    {%- for source_name in landed_call_sources() %}
    union all
    select {{ columns }} from {{ ref('stg_' ~ source_name ~ '__calls') }}
    {%- endfor %}

),

validated as (

    select
        *,
        case
            when line_problem is not null and not {{ has_charge_alone() }} then line_problem
            when call_id is null or call_id = '' then 'call_id_missing'
            when called_at is null then 'timestamp_missing'
            when called_at >= {{ start_of_day('partition_date + 1') }} then 'timestamp_after_its_day'
            when called_at < {{ start_of_day('partition_date') }} then 'timestamp_before_its_day'
            when has_malformed_cost then 'cost_malformed'
            when billed_cost_usd < 0 then 'cost_negative'
            when billed_cost_usd > {{ var('max_cost_per_call_usd') }} then 'cost_absurd'
            when input_tokens < 0 or cached_input_tokens < 0 or cache_write_input_tokens < 0 or output_tokens < 0 then 'tokens_negative'
            when input_tokens > {{ var('max_tokens_per_call') }} or output_tokens > {{ var('max_tokens_per_call') }} then 'tokens_absurd'
            when coalesce(cached_input_tokens, 0) + coalesce(cache_write_input_tokens, 0) > case when {{ has_charge_alone() }} then input_tokens else coalesce(input_tokens, 0) end
                then 'cached_tokens_exceed_input'
        end as rejection_reason
    from records

)

select * from validated
