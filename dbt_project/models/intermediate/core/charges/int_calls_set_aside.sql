{# one row per provider x month: charges of call records that are not in the ledger, because they were refused or repeat a call #}

with rejected_calls as (

    select * from {{ ref('int_calls_rejected') }}

),

duplicated_calls as (

    select * from {{ ref('int_calls_duplicated') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

set_aside as (

    select
        provider,
        partition_date,
        billed_cost_usd as rejected_usd,
        {{ money(0) }} as duplicate_usd
    from rejected_calls
    union all
    select
        provider,
        partition_date,
        {{ money(0) }} as rejected_usd,
        billed_cost_usd as duplicate_usd
    from duplicated_calls
    where duplicate_rank > 1
    {%- if landed_call_sources() %}
    union all
    select
        stated_provider as provider,
        partition_date,
        {{ money(0) }} as rejected_usd,
        repeated_cost_usd as duplicate_usd
    from {{ ref('int_call_records_settled') }}
    where cause in ('copy', 'older_version')
    {%- endif %}

),

monthly as (

    select
        lower(coalesce(provider_names.provider_name, set_aside.provider, 'unknown')) as provider_key,
        cast(date_trunc('month', set_aside.partition_date) as date) as billing_month_start_date,
        {{ money('coalesce(sum(set_aside.rejected_usd), 0)') }} as rejected_usd,
        {{ money('coalesce(sum(set_aside.duplicate_usd), 0)') }} as duplicate_usd
    from set_aside
    left join provider_names on lower(set_aside.provider) = provider_names.name_in_source
    group by 1, 2

)

select * from monthly
