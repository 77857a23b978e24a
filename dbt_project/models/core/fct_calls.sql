{# one row per call that counts; a view over the raw Parquet, priced call by call #}

{{ config(materialized='view') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

{% set call_columns = [
    'source_name', 'call_id', 'trace_id', 'called_at', 'partition_date', 'provider', 'model', 'input_tokens', 'cached_input_tokens',
    'cache_write_input_tokens', 'output_tokens', 'latency_ms', 'customer_id', 'organization_id', 'product_id', 'feature_id', 'task_type',
    'team_id', 'subscription_tier', 'status', 'service_tier', 'quality_score', 'environment', 'region', 'agent_id', 'attempt_kind', 'billed_cost_usd', 'file_name',
] %}

{# Calls with metered units are priced part by part; a source that is off has none. Of most calls the effective cost is what was
   charged: who reads that alone has no list price worked out. #}
priced as (

    select
        usage.{{ call_columns | join(', usage.') }},
        {{ list_cost() }} as list_cost_usd,
        {{ contracted_cost() }} as contracted_cost_usd,
        {{ effective_cost(contracted_cost(), 'usage.billed_cost_usd', list_cost(), 'prices.is_negotiated') }} as effective_cost_usd
    from calls as usage
    left join price_periods as prices
        on {{ is_priced_by('usage', 'prices', 'called_at', 'coalesce(usage.input_tokens, 0)', price_window('usage')) }}
    where usage.metered_units is null
    {%- if landed_call_sources() %}
    union all
    select
        {{ call_columns | join(', ') }},
        list_cost_usd,
        contracted_cost_usd,
        effective_cost_usd
    from {{ ref('int_calls_metered') }}
    {%- endif %}

),

costed as (

    select
        source_name,
        call_id,
        trace_id,
        called_at,
        partition_date as usage_date,
        provider,
        model,
        input_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        output_tokens,
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
        cast(quality_score as double) as quality_score,
        environment,
        region,
        agent_id,
        attempt_kind,
        {{ money('list_cost_usd') }} as list_cost_usd,
        {{ money('contracted_cost_usd') }} as contracted_cost_usd,
        {{ money('effective_cost_usd') }} as effective_cost_usd,
        {{ money('billed_cost_usd') }} as billed_cost_usd,
        list_cost_usd is not null as is_priced,
        file_name
    from priced

)

select * from costed
