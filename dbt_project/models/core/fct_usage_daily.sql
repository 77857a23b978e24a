{# one row per UTC day x customer x product x feature x task type x team x provider x model x environment x region x
   service tier, apart for each source of call records #}

{{ config(materialized='incremental', unique_key='usage_date') }}

{% set grain = [
    'source_name', 'customer_id', 'organization_id', 'product_id', 'feature_id', 'task_type', 'team_id', 'provider', 'model', 'environment',
    'region', 'service_tier'
] %}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

price_slots as (

    select * from {{ ref('int_price_slots') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

{# Calls with and without token counts, and with and without a charge, are summed apart: what is unknown of some
   must not hide what is known of the others. #}
summed_by_slot as (

    select
        calls.partition_date as usage_date,
        calls.{{ grain | join(', calls.') }},
        price_slots.slot_start_at,
        {{ input_band('calls') }} as min_input_tokens,
        {{ price_window('calls') }} as week_minute,
        {{ unpriced_classes() }} as unpriced_classes,
        calls.input_tokens is not null and calls.output_tokens is not null as has_usage,
        calls.billed_cost_usd is not null as has_charge,
        count(*) as calls,
        count(*) filter (where calls.status <> 'success') as failed_calls,
        cast(sum(calls.input_tokens) as bigint) as input_tokens,
        cast(sum(calls.cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(calls.cache_write_input_tokens) as bigint) as cache_write_input_tokens,
        cast(sum(calls.output_tokens) as bigint) as output_tokens,
        cast(sum(coalesce(calls.input_tokens, 0) + coalesce(calls.output_tokens, 0)) filter (where calls.status <> 'success') as bigint) as failed_tokens,
        {{ money('sum(calls.billed_cost_usd)') }} as billed_cost_usd,
        cast(sum(calls.latency_ms) as bigint) as latency_ms_sum,
        count(calls.latency_ms) as latency_measured_calls,
        count(calls.quality_score) as quality_scored_calls,
        {{ money('sum(calls.quality_score)') }} as quality_score_sum
    from calls
    inner join price_slots
        on
            calls.partition_date = price_slots.day_date
            and price_slots.slot_start_at <= calls.called_at
            and calls.called_at < price_slots.slot_end_at
    where {{ is_touched_day('calls.partition_date') }} and calls.metered_units is null
    group by all

),

costed as (

    {{ costed_slots('summed_by_slot') }}

),

{% set sums = [
    'calls', 'failed_calls', 'has_usage', 'input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens', 'failed_tokens',
    'list_cost_usd', 'contracted_cost_usd', 'effective_cost_usd', 'billed_cost_usd', 'latency_ms_sum', 'latency_measured_calls', 'quality_scored_calls', 'quality_score_sum',
] %}

{# Calls with metered units come priced, one by one; a source that is off has none. #}
with_metered as (

    select
        usage_date,
        {{ (grain + sums) | join(', ') }}
    from costed
    {%- if landed_call_sources() %}
    union all
    select
        partition_date as usage_date,
        {{ grain | join(', ') }},
        1 as calls,
        case when status <> 'success' then 1 else 0 end as failed_calls,
        input_tokens is not null and output_tokens is not null as has_usage,
        input_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        output_tokens,
        case when status <> 'success' then coalesce(input_tokens, 0) + coalesce(output_tokens, 0) end as failed_tokens,
        list_cost_usd,
        contracted_cost_usd,
        effective_cost_usd,
        billed_cost_usd,
        latency_ms as latency_ms_sum,
        case when latency_ms is not null then 1 else 0 end as latency_measured_calls,
        case when quality_score is not null then 1 else 0 end as quality_scored_calls,
        {{ money('quality_score') }} as quality_score_sum
    from {{ ref('int_calls_metered') }}
    where {{ is_touched_day('partition_date') }}
    {%- endif %}

),

daily as (

    select
        usage_date,
        {{ grain | join(', ') }},
        cast(sum(calls) as bigint) as calls,
        cast(sum(failed_calls) as bigint) as failed_calls,
        cast(coalesce(sum(calls) filter (where not has_usage), 0) as bigint) as calls_without_usage,
        cast(coalesce(sum(calls) filter (where list_cost_usd is null), 0) as bigint) as unpriced_calls,
        cast(coalesce(sum(calls) filter (where effective_cost_usd is null), 0) as bigint) as uncosted_calls,
        cast(coalesce(sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) filter (where effective_cost_usd is null), 0) as bigint) as uncosted_tokens,
        cast(coalesce(sum(input_tokens), 0) as bigint) as input_tokens,
        cast(coalesce(sum(cached_input_tokens), 0) as bigint) as cached_input_tokens,
        cast(coalesce(sum(cache_write_input_tokens), 0) as bigint) as cache_write_input_tokens,
        cast(coalesce(sum(output_tokens), 0) as bigint) as output_tokens,
        cast(coalesce(sum(failed_tokens), 0) as bigint) as failed_tokens,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(contracted_cost_usd)') }} as contracted_cost_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd,
        {{ money('sum(billed_cost_usd) filter (where list_cost_usd is null)') }} as unpriced_billed_cost_usd,
        cast(coalesce(sum(latency_ms_sum), 0) as bigint) as latency_ms_sum,
        cast(sum(latency_measured_calls) as bigint) as latency_measured_calls,
        cast(sum(quality_scored_calls) as bigint) as quality_scored_calls,
        {{ money('sum(quality_score_sum)') }} as quality_score_sum
    from with_metered
    group by all

)

select * from daily
