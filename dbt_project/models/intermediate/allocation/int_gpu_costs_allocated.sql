{# one row per UTC day x machine with GPUs x owner x model served, and for each machine what nobody held: hours, and their part of what was paid #}

{% set owners = ['business_unit_id', 'team_id', 'project_id', 'user_id', 'cost_centre'] %}

with charges as (

    select * from {{ ref('fct_charges') }}
    where is_counted and origin_charge_id is not null and resource_id is not null

),

gpu_usage as (

    select * from {{ ref('int_gpu_usage_daily') }}

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

used_machines as (

    select distinct resource_id from gpu_usage
    where resource_id is not null

),

{# Machines with GPUs: those of a type that has some, and those on which somebody used one. #}
machines as (

    select distinct
        charges.provider_name,
        charges.resource_id,
        {{ json_text('charges.sku_price_details', 'InstanceType') }} as instance_type,
        try_cast({{ json_text('charges.sku_price_details', 'GpuCount') }} as integer) as stated_gpus,
        used_machines.resource_id is not null as is_used
    from charges
    left join used_machines on charges.resource_id = used_machines.resource_id

),

gpu_machines as (

    select
        machines.provider_name,
        machines.resource_id,
        max(machines.instance_type) as instance_type,
        max(gpu_instance_types.gpu_model) as gpu_model,
        max(coalesce(machines.stated_gpus, gpu_instance_types.gpus)) as gpus
    from machines
    left join gpu_instance_types
        on machines.provider_name = gpu_instance_types.provider_name and machines.instance_type = gpu_instance_types.instance_type
    group by machines.provider_name, machines.resource_id
    having max(coalesce(machines.stated_gpus, gpu_instance_types.gpus)) > 0 or bool_or(machines.is_used)

),

paid as (

    select
        charges.charge_date as usage_date,
        charges.provider_name,
        charges.resource_id,
        gpu_machines.instance_type,
        gpu_machines.gpu_model,
        {% for owner in owners -%}
        max(charges.{{ owner }}) as {{ owner }},
        {% endfor -%}
        {{ money('sum(charges.effective_cost_usd)') }} as cost_usd,
        cast(
            sum(case when lower(charges.consumed_unit) in ('hrs', 'hours', 'hour', 'h', '1 hour') then charges.consumed_quantity end) * max(gpu_machines.gpus)
            as decimal(18, 9)
        ) as capacity_gpu_hours
    from charges
    inner join gpu_machines on charges.provider_name = gpu_machines.provider_name and charges.resource_id = gpu_machines.resource_id
    group by charges.charge_date, charges.provider_name, charges.resource_id, gpu_machines.instance_type, gpu_machines.gpu_model

),

used as (

    select
        usage_date,
        resource_id,
        max(provider_name) as provider_name,
        max(instance_type) as instance_type,
        max(gpu_model) as gpu_model,
        {{ owners | join(', ') }},
        served_provider,
        served_model,
        cast(sum(requested_gpu_hours) as decimal(18, 9)) as requested_gpu_hours,
        cast(sum(allocated_gpu_hours) as decimal(18, 9)) as allocated_gpu_hours,
        cast(sum(measured_gpu_hours) as decimal(18, 9)) as measured_gpu_hours,
        cast(sum(case when measured_gpu_hours is not null then allocated_gpu_hours end) as decimal(18, 9)) as measurable_gpu_hours
    from gpu_usage
    group by usage_date, resource_id, {{ owners | join(', ') }}, served_provider, served_model

),

ranked as (

    select
        used.*,
        cast(sum(used.allocated_gpu_hours) over machine_day as decimal(18, 9)) as machine_allocated_gpu_hours,
        cast(sum(used.allocated_gpu_hours) over (
            partition by used.usage_date, used.resource_id
            order by used.{{ owners | join(' nulls last, used.') }} nulls last, used.served_provider nulls last, used.served_model nulls last
            rows between unbounded preceding and current row
        ) as decimal(18, 9)) as running_gpu_hours
    from used
    window machine_day as (partition by used.usage_date, used.resource_id)

),

{# Who held a card bears its hours of what was paid for; what nobody held is idle, and its machine's owner's. #}
held as (

    select
        ranked.usage_date,
        coalesce(paid.provider_name, ranked.provider_name, 'unknown') as provider_name,
        coalesce(paid.instance_type, ranked.instance_type) as instance_type,
        coalesce(ranked.gpu_model, paid.gpu_model) as gpu_model,
        ranked.{{ owners | join(', ranked.') }},
        ranked.served_provider,
        ranked.served_model,
        ranked.requested_gpu_hours,
        ranked.allocated_gpu_hours,
        ranked.measured_gpu_hours,
        ranked.measurable_gpu_hours,
        cast(null as decimal(18, 9)) as idle_gpu_hours,
        {{ split_exactly(
            'paid.cost_usd', 'ranked.running_gpu_hours', '(ranked.running_gpu_hours - ranked.allocated_gpu_hours)',
            'greatest(ranked.machine_allocated_gpu_hours, coalesce(paid.capacity_gpu_hours, 0))'
        ) }} as cost_usd,
        {{ money('0') }} as idle_cost_usd,
        cast(null as decimal(28, 12)) as ledger_cost_usd,
        ranked.resource_id
    from ranked
    left join paid
        on
            ranked.usage_date = paid.usage_date
            and case when ranked.machine_allocated_gpu_hours > 0 then ranked.resource_id end = paid.resource_id

),

borne as (

    select
        usage_date,
        resource_id,
        {{ money('sum(cost_usd)') }} as cost_usd,
        cast(sum(allocated_gpu_hours) as decimal(18, 9)) as allocated_gpu_hours
    from held
    group by usage_date, resource_id

),

left_over as (

    select
        paid.usage_date,
        paid.provider_name,
        paid.instance_type,
        paid.gpu_model,
        paid.{{ owners | join(', paid.') }},
        cast(null as string) as served_provider,
        cast(null as string) as served_model,
        cast(null as decimal(18, 9)) as requested_gpu_hours,
        cast(null as decimal(18, 9)) as allocated_gpu_hours,
        cast(null as decimal(18, 9)) as measured_gpu_hours,
        cast(null as decimal(18, 9)) as measurable_gpu_hours,
        case when borne.resource_id is not null then greatest(paid.capacity_gpu_hours - borne.allocated_gpu_hours, 0) end as idle_gpu_hours,
        {{ money('paid.cost_usd - coalesce(borne.cost_usd, 0)') }} as cost_usd,
        case when borne.resource_id is not null then {{ money('paid.cost_usd - coalesce(borne.cost_usd, 0)') }} end as idle_cost_usd,
        paid.cost_usd as ledger_cost_usd,
        paid.resource_id
    from paid
    left join borne on paid.usage_date = borne.usage_date and paid.resource_id = borne.resource_id

),

{% set columns = ['usage_date', 'resource_id', 'provider_name', 'instance_type', 'gpu_model'] + owners + [
    'served_provider', 'served_model', 'requested_gpu_hours', 'allocated_gpu_hours', 'measured_gpu_hours', 'measurable_gpu_hours', 'idle_gpu_hours',
    'cost_usd', 'idle_cost_usd', 'ledger_cost_usd',
] %}
allocated as (

    select {{ columns | join(', ') }} from held
    union all
    select {{ columns | join(', ') }} from left_over
    where ledger_cost_usd <> 0 or idle_gpu_hours > 0

)

select * from allocated
