{# one row per call that counts: valid, and the first of its duplicates #}

{{ config(materialized='view') }}

{# Imported once per use: DuckDB would store a CTE that is used twice, and with it every column. #}
with records as (

    select * from {{ ref('int_calls_validated') }}

),

validated as (

    select * from {{ ref('int_calls_validated') }}

),

duplicated as (

    select * from {{ ref('int_calls_duplicated') }}

),

{% if landed_call_sources() %}
settled as (

    select * from {{ ref('int_call_records_settled') }}

),

{% endif %}
{% set call_columns = [
    'source_name', 'partition_date', 'record_id', 'file_name', 'call_id', 'trace_id', 'called_at', 'provider', 'model', 'input_tokens',
    'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens', 'metered_units', 'billed_cost_usd', 'latency_ms', 'customer_id',
    'organization_id', 'product_id', 'feature_id', 'task_type', 'team_id', 'subscription_tier', 'status', 'service_tier', 'quality_score', 'environment',
    'region', 'agent_id', 'attempt_kind'
] %}

{# On most days every record counts; they are read without a look at each. #}
on_other_days as (

    select {{ call_columns | join(', ') }}
    from records
    where not {{ is_day_to_sift('partition_date') }}

),

on_days_to_sift as (

    select validated.{{ call_columns | join(', validated.') }}
    from validated
    anti join duplicated
        on validated.partition_date = duplicated.partition_date and validated.call_id = duplicated.call_id
    where validated.rejection_reason is null and {{ is_day_to_sift('validated.partition_date') }}

),

first_of_duplicates as (

    select {{ call_columns | join(', ') }}
    from {{ ref('int_calls_duplicated') }}
    where duplicate_rank = 1

),

looked_at as (

    select * from on_days_to_sift
    union all
    select * from first_of_duplicates

),

{% if landed_call_sources() %}
settled_records as (

    select {{ settled_call_columns(call_columns) }}
    from looked_at
    left join settled on looked_at.record_id = settled.record_id
    where coalesce(settled.is_counted, true)

),

{% endif %}
accepted as (

    select {{ call_columns | join(', ') }} from on_other_days
    union all
    select {{ call_columns | join(', ') }} from {{ 'settled_records' if landed_call_sources() else 'looked_at' }}

),

{# An owner or a name that is missing is shown by a word, so that it has a row of its own everywhere. #}
named as (

    select
        source_name,
        partition_date,
        file_name,
        call_id,
        trace_id,
        called_at,
        coalesce(provider, {{ provider_by_model('model') }}, 'unknown') as provider,
        coalesce(model, 'unknown') as model,
        input_tokens,
        coalesce(cached_input_tokens, 0) as cached_input_tokens,
        coalesce(cache_write_input_tokens, 0) as cache_write_input_tokens,
        output_tokens,
        metered_units,
        billed_cost_usd,
        {# Two clocks: the end lies before the start, so nobody knows how long it took. #}
        case when latency_ms >= 0 then latency_ms end as latency_ms,
        coalesce(customer_id, 'unallocated') as customer_id,
        coalesce(organization_id, 'unallocated') as organization_id,
        coalesce(product_id, 'unallocated') as product_id,
        coalesce(feature_id, 'unallocated') as feature_id,
        coalesce(task_type, 'unknown') as task_type,
        coalesce(team_id, 'unallocated') as team_id,
        coalesce(subscription_tier, 'unknown') as subscription_tier,
        coalesce(status, 'success') as status,
        coalesce(service_tier, 'standard') as service_tier,
        quality_score,
        coalesce(environment, 'production') as environment,
        coalesce(region, 'unknown') as region,
        agent_id,
        attempt_kind
    from accepted

)

select * from named
