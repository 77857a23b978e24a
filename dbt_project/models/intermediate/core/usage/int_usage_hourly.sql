{# one row per UTC hour x provider x model x service tier; the series on which commitments are judged #}

{{ config(materialized='view') }}

with usage_slots as (

    select * from {{ ref('int_usage_slots') }}

),

hourly as (

    select
        usage_date,
        usage_hour_at,
        provider,
        model,
        service_tier,
        cast(sum(calls) as bigint) as calls,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd
    from usage_slots
    group by usage_date, usage_hour_at, provider, model, service_tier

)

select * from hourly
