{# one row per month x weekday x item (what one owner used of one model, or of one meter of one resource of a bill) x owners: on how many of these days,
   how much, and its cost. A view: it is read once #}

{{ config(materialized=view_or_table()) }}

{% set owners = ['organization_id', 'business_unit_id', 'project_id', 'user_id', 'cost_centre'] %}

with usage as (

    select * from {{ ref('int_usage_owned_daily') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

services as (

    select
        provider,
        min(service_name) as service_name
    from ai_services
    group by provider

),

{# What a line costs the owners of calls is those calls. #}
bills as (

    select
        *,
        case
            when charge_category <> 'Usage' then null
            when consumed_unit is not null and consumed_quantity is not null then consumed_unit
            when consumed_unit is null and pricing_quantity is not null then pricing_unit
        end as unit
    from charges
    where is_counted and source <> 'calls' and model is null and effective_cost_usd is not null

),

{# Calls whose cost is not known are in neither cost nor calls. What has no quantity (fees, credits, shared pools) has no unit. #}
used as (

    select
        usage.usage_date,
        'ai' as component,
        cast(null as string) as region,
        true as is_direct,
        usage.team_id,
        usage.customer_id,
        usage.product_id,
        usage.feature_id,
        usage.provider,
        usage.model,
        coalesce(services.service_name, usage.provider) as service_name,
        cast(null as string) as resource_id,
        cast(null as string) as meter,
        'calls' as unit,
        {%- for owner in owners %}
        usage.{{ owner }},
        {%- endfor %}
        cast(usage.calls - usage.uncosted_calls as decimal(38, 15)) as quantity,
        usage.input_tokens + usage.output_tokens - usage.uncosted_tokens as tokens,
        coalesce(usage.effective_cost_usd, 0) as cost_usd
    from usage
    left join services on usage.provider = services.provider
    union all
    select
        charge_date as usage_date,
        cost_component as component,
        region_id as region,
        is_direct,
        team_id,
        customer_id,
        product_id,
        feature_id,
        coalesce(provider, provider_name) as provider,
        cast(null as string) as model,
        service_name,
        resource_id,
        case when unit is null then charge_category else coalesce(sku_meter, sku_id, service_name) end as meter,
        unit,
        {%- for owner in owners %}
        {{ owner }},
        {%- endfor %}
        case when unit is null then 0 when consumed_unit is not null then consumed_quantity else pricing_quantity end as quantity,
        0 as tokens,
        effective_cost_usd as cost_usd
    from bills

),

days as (

    select
        used.*,
        cast(date_trunc('month', used.usage_date) as date) as month_start_date,
        {{ iso_weekday('used.usage_date') }} as iso_weekday,
        {{ compared_days('used.usage_date') }}
    from used
    cross join as_of
    where used.usage_date between as_of.first_usage_date and as_of.as_of_date

),

{% set keys = ['month_start_date', 'next_month_start_date', 'is_compared', 'iso_weekday', 'component', 'region', 'is_direct', 'team_id', 'customer_id', 'product_id',
    'feature_id', 'provider', 'model', 'service_name', 'resource_id', 'meter', 'unit'] + owners %}
final as (

    select
        {{ keys | join(', ') }},
        count(distinct usage_date) as days,
        cast(sum(quantity) as decimal(38, 15)) as quantity,
        cast(sum(tokens) as bigint) as tokens,
        {{ money('sum(cost_usd)') }} as cost_usd
    from days
    group by {{ keys | join(', ') }}

)

select * from final
