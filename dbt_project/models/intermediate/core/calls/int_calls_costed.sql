{# one row per call that counts: what it costs in effect, as core.fct_calls says. Apart from it because most calls cost what was charged: a list
   price, which takes longer than all else of a call, is looked up only for those that state no charge #}

{{ config(materialized='view') }}

{% set call_columns = [
    'source_name', 'call_id', 'trace_id', 'called_at', 'partition_date', 'provider', 'model', 'input_tokens', 'cached_input_tokens',
    'output_tokens', 'latency_ms', 'customer_id', 'product_id', 'feature_id', 'team_id', 'status', 'attempt_kind',
] %}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

negotiated_periods as (

    select * from price_periods
    where is_negotiated

),

costed as (

    select
        usage.{{ call_columns | join(', usage.') }},
        {{ effective_cost(contracted_cost('usage', 'negotiated'), 'usage.billed_cost_usd', list_cost('usage', 'prices'), 'negotiated.is_negotiated') }} as effective_cost_usd
    from calls as usage
    left join negotiated_periods as negotiated
        on {{ is_priced_by('usage', 'negotiated', 'called_at', 'coalesce(usage.input_tokens, 0)', price_window('usage')) }}
    left join price_periods as prices
        on
            case when usage.billed_cost_usd is null then usage.provider end = prices.provider
            and {{ is_priced_by('usage', 'prices', 'called_at', 'coalesce(usage.input_tokens, 0)', price_window('usage')) }}
    where usage.metered_units is null
    {%- if landed_call_sources() %}
    union all
    select
        {{ call_columns | join(', ') }},
        effective_cost_usd
    from {{ ref('int_calls_metered') }}
    {%- endif %}

),

final as (

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
        output_tokens,
        latency_ms,
        customer_id,
        product_id,
        feature_id,
        team_id,
        status,
        attempt_kind,
        {{ money('effective_cost_usd') }} as effective_cost_usd
    from costed

)

select * from final
