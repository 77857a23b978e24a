{# one row per UTC hour x hour of the reporting time zone x provider x model x service tier x price slot x size of input x stretch of the week with
   one price x whether tokens and charge are known:
   the grain at which usage has one price, so that it can be priced anew #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

price_slots as (

    select * from {{ ref('int_price_slots') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

summed_by_slot as (

    select
        calls.partition_date as usage_date,
        {{ start_of_hour('calls.called_at') }} as usage_hour_at,
        {% if not is_reported_in_utc() %}{{ start_of_hour(local_time('calls.called_at')) }} as local_hour_at,{% endif %}
        calls.provider,
        calls.model,
        calls.service_tier,
        price_slots.slot_start_at,
        price_slots.slot_end_at,
        {{ input_band('calls') }} as min_input_tokens,
        {{ price_window('calls') }} as week_minute,
        {{ unpriced_classes() }} as unpriced_classes,
        calls.input_tokens is not null and calls.output_tokens is not null as has_usage,
        calls.billed_cost_usd is not null as has_charge,
        count(*) as calls,
        cast(sum(calls.input_tokens) as bigint) as input_tokens,
        cast(sum(calls.cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(calls.cache_write_input_tokens) as bigint) as cache_write_input_tokens,
        cast(sum(calls.output_tokens) as bigint) as output_tokens,
        {{ money('sum(calls.billed_cost_usd)') }} as billed_cost_usd
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

slots as (

    select
        usage_date,
        usage_hour_at,
        {{ 'usage_hour_at as local_hour_at' if is_reported_in_utc() else 'local_hour_at' }},
        {# The slot begins with the day or a price change; within the hour it is in use from the later of the two. #}
        greatest(usage_hour_at, slot_start_at) as used_at,
        slot_end_at,
        provider,
        model,
        service_tier,
        min_input_tokens,
        week_minute,
        has_usage,
        has_charge,
        cast(calls as bigint) as calls,
        cast(coalesce(input_tokens, 0) as bigint) as input_tokens,
        cast(coalesce(cached_input_tokens, 0) as bigint) as cached_input_tokens,
        cast(coalesce(cache_write_input_tokens, 0) as bigint) as cache_write_input_tokens,
        cast(coalesce(output_tokens, 0) as bigint) as output_tokens,
        {{ money('list_cost_usd') }} as list_cost_usd,
        {{ money('effective_cost_usd') }} as effective_cost_usd,
        {{ money('billed_cost_usd') }} as billed_cost_usd,
        false as is_metered,
        {{ money('null') }} as metered_restated_cost_usd,
        cast(null as string) as waits_for
    from costed
    {%- if landed_call_sources() %}
    union all
    {# Calls with metered units are not priced anew here: each has its own price, and comes with it. #}
    select
        partition_date as usage_date,
        {{ start_of_hour('called_at') }} as usage_hour_at,
        {{ start_of_hour(local_time('called_at')) }} as local_hour_at,
        {{ start_of_hour('called_at') }} as used_at,
        {{ start_of_hour('called_at') }} + interval '1' hour as slot_end_at,
        provider,
        model,
        service_tier,
        cast(0 as bigint) as min_input_tokens,
        cast(0 as integer) as week_minute,
        input_tokens is not null and output_tokens is not null as has_usage,
        billed_cost_usd is not null as has_charge,
        count(*) as calls,
        cast(coalesce(sum(input_tokens), 0) as bigint) as input_tokens,
        cast(coalesce(sum(cached_input_tokens), 0) as bigint) as cached_input_tokens,
        cast(coalesce(sum(cache_write_input_tokens), 0) as bigint) as cache_write_input_tokens,
        cast(coalesce(sum(output_tokens), 0) as bigint) as output_tokens,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd,
        true as is_metered,
        {{ money('sum(restated_cost_usd)') }} as metered_restated_cost_usd,
        waits_for
    from {{ ref('int_calls_metered') }}
    where {{ is_touched_day('partition_date') }}
    group by
        partition_date, {{ start_of_hour('called_at') }}, {{ start_of_hour(local_time('called_at')) }}, provider, model, service_tier, input_tokens is not null and output_tokens is not null,
        billed_cost_usd is not null, waits_for, list_cost_usd is null, effective_cost_usd is null, restated_cost_usd is null
    {%- endif %}

)

select * from slots
