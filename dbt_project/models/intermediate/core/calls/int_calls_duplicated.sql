{# one row per valid call record whose call_id occurs more than once on its day, or counts on the day before or after; rank 1
   is the one that counts: the one with more usage, else that of the later file. Another identifier with the same digest is here too: with rank 1, so it counts. #}

{{ config(materialized='incremental', unique_key='partition_date') }}

{# Imported once per use: DuckDB would store a CTE that is used twice, and with it every column. #}
with calls as (

    select * from {{ ref('int_calls_validated') }}

),

calls_by_id as (

    select * from {{ ref('int_calls_validated') }}

),

over_midnight as (

    select * from {{ ref('int_calls_over_midnight') }}

),

{% if landed_call_sources() %}
settled as (

    select * from {{ ref('int_call_records_settled') }}
    where not is_counted

),

{% endif %}
{# Known before the records are read whole, so that few are. Digests are numbers: they take a third of the memory of the text. #}
repeated_ids as (

    select
        partition_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from calls_by_id
    where {{ is_touched_day('partition_date') }} and call_id is not null
    group by 1, 2
    having count(*) > 1
    union
    select
        partition_date,
        {{ quick_digest('call_id') }} as call_id_digest
    from over_midnight
    where {{ is_touched_day('partition_date') }}

),

repeated_calls as (

    select
        calls.*,
        over_midnight.midnight_date,
        coalesce(over_midnight.counted_date <> calls.partition_date, false) as is_told_elsewhere
    from calls
    inner join repeated_ids
        on calls.partition_date = repeated_ids.partition_date and {{ quick_digest('calls.call_id') }} = repeated_ids.call_id_digest
    left join over_midnight on {{ is_told_over('calls', 'over_midnight') }}
    {{ 'anti join settled on calls.record_id = settled.record_id' if landed_call_sources() }}
    where {{ is_touched_day('calls.partition_date') }} and calls.rejection_reason is null

),

recorded as (

    select
        *,
        {{ raw_call_record() }} as record_text
    from repeated_calls

),

ranked as (

    select
        source_name,
        partition_date,
        record_id,
        file_name,
        call_id,
        trace_id,
        called_at,
        provider,
        model,
        input_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        output_tokens,
        metered_units,
        {{ money('billed_cost_usd') }} as billed_cost_usd,
        latency_ms,
        customer_id,
        organization_id,
        product_id,
        feature_id,
        task_type,
        team_id,
        subscription_tier,
        status,
        service_tier,
        quality_score,
        environment,
        region,
        agent_id,
        attempt_kind,
        record_text as raw_record,
        cast(case when is_told_elsewhere then 1 else 0 end + row_number() over (
            partition by partition_date, call_id, midnight_date
            order by coalesce(input_tokens, 0) + coalesce(output_tokens, 0) desc, file_name desc, called_at asc, record_text asc
        ) as integer) as duplicate_rank
    from recorded

)

select * from ranked
