{# one row per UTC day x provider x instance type x GPU model x owner x model served: hours of GPUs and what they cost #}

{% set keys = [
    'usage_date', 'provider_name', 'instance_type', 'gpu_model', 'business_unit_id', 'team_id', 'project_id', 'user_id', 'cost_centre', 'served_provider',
    'served_model',
] %}
{% set hours = ['requested_gpu_hours', 'allocated_gpu_hours', 'measured_gpu_hours', 'measurable_gpu_hours', 'idle_gpu_hours'] %}

with gpu_costs as (

    select * from {{ ref('int_gpu_costs_allocated') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

summed as (

    select
        {{ keys | join(', ') }},
        {% for name in hours -%}
        cast(sum({{ name }}) as decimal(18, 9)) as {{ name }},
        {% endfor -%}
        {{ money('sum(cost_usd)') }} as cost_usd,
        {{ money('sum(case when idle_cost_usd is not null then cost_usd end)') }} as recorded_cost_usd,
        {{ money('sum(idle_cost_usd)') }} as idle_cost_usd,
        {{ money('coalesce(sum(ledger_cost_usd), 0)') }} as ledger_cost_usd
    from gpu_costs
    group by {{ keys | join(', ') }}

),

{# Tokens of the calls that a model on these cards answered on the day, and what all cards cost that served it. #}
served as (

    select
        usage_date,
        lower(provider) as served_provider,
        lower(model) as served_model,
        cast(sum(input_tokens + output_tokens) as bigint) as served_tokens
    from usage_daily
    group by usage_date, lower(provider), lower(model)

),

serving as (

    select
        usage_date,
        lower(served_provider) as served_provider,
        lower(served_model) as served_model,
        {{ money('sum(cost_usd)') }} as serving_cost_usd
    from summed
    where served_model is not null
    group by usage_date, lower(served_provider), lower(served_model)

),

costed as (

    select
        summed.{{ keys | join(', summed.') }},
        case when summed.team_id = 'unallocated' then 'Unallocated' else coalesce(owners.owner_name, summed.team_id) end as team_name,
        summed.requested_gpu_hours,
        summed.allocated_gpu_hours,
        summed.measured_gpu_hours,
        {{ ratio('summed.measured_gpu_hours', 'summed.measurable_gpu_hours') }} as busy_share,
        summed.idle_gpu_hours,
        summed.cost_usd,
        summed.recorded_cost_usd,
        summed.idle_cost_usd,
        summed.ledger_cost_usd,
        {{ ratio('summed.recorded_cost_usd', '(coalesce(summed.allocated_gpu_hours, 0) + coalesce(summed.idle_gpu_hours, 0))') }} as usd_per_gpu_hour,
        served.served_tokens,
        {{ ratio('serving.serving_cost_usd * 1000000', 'served.served_tokens') }} as usd_per_million_tokens
    from summed
    left join owners on summed.team_id = owners.owner_id and owners.owner_type = 'team' and owners.is_latest
    left join serving
        on
            summed.usage_date = serving.usage_date
            and lower(summed.served_provider) = serving.served_provider
            and lower(summed.served_model) = serving.served_model
    left join served
        on
            serving.usage_date = served.usage_date
            and serving.served_provider = served.served_provider
            and serving.served_model = served.served_model

)

select * from costed
