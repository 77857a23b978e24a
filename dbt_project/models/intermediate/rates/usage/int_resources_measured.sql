{# one row per provider x resource: what its bill of the last 30 days charges for it, how it was used as far as that was measured, and what may be done with it #}

{% set is_read = "lower(coalesce(sku_meter, '')) like '%requests-tier2%'" %}
{% set is_discounted = "(commitment_discount_id is not null or coalesce(pricing_category, '') = 'Dynamic')" %}

with resources as (

    select * from {{ ref('dim_resources') }}

),

bills as (

    select converted.* from {{ ref('int_focus_charges_converted') }} as converted
    where converted.is_counted and (converted.charge_category = 'Usage' or {{ is_sustained_use('converted') }})

),

inventory as (

    select * from {{ ref('int_inventory_validated') }}
    where rejection_reason is null

),

gpu_usage as (

    select * from {{ ref('int_gpu_usage_daily') }}

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

tag_names as (

    select * from {{ ref('tag_names') }}

),

tolerances as (

    select * from {{ ref('workload_tolerances') }}

),

{# Bills of providers end on different days: each has its own last 30. #}
windows as (

    select
        provider_name,
        cast(min(charge_period_start_at) as date) as first_billed_date,
        cast(max(charge_period_start_at) as date) - 29 as window_start_date,
        cast(max(charge_period_start_at) as date) as window_end_date,
        bool_or({{ is_read }}) as are_reads_billed
    from bills
    group by provider_name

),

{# A line of a month counts with its part of the window: a volume has one line a month. #}
lines as (

    select
        bills.*,
        windows.window_start_date,
        windows.window_end_date,
        {{ part_of_line('bills', 'windows.window_start_date', 'windows.window_end_date') }} as window_share
    from bills
    inner join windows on bills.provider_name = windows.provider_name
    where bills.resource_id is not null

),

billed as (

    select
        provider_name,
        resource_id,
        {{ money_of_double(stable_sum('case when not ' ~ is_discounted ~ ' then effective_cost_usd * window_share end')) }} as on_demand_cost_usd,
        {{ money_of_double(stable_sum('case when ' ~ is_discounted ~ ' then effective_cost_usd * window_share end')) }} as discounted_cost_usd,
        {{ stable_sum("case when lower(consumed_unit) in ('hrs', 'hours', 'hour', 'h', '1 hour') then consumed_quantity * window_share end") }} as billed_hours,
        {{ stable_sum('case when ' ~ is_read ~ ' then consumed_quantity * window_share end') }} as reads,
        max(case when {{ is_read }} then cast(charge_period_start_at as date) end) as last_read_date,
        max(case when lower(consumed_unit) like 'gb%' then lower(sku_meter) end) as storage_meter,
        cast({{ from_unix_microseconds('max(greatest(' ~ unix_microseconds('charge_period_start_at') ~ ', coalesce(' ~ unix_microseconds('charge_period_end_at') ~ ' - 1, 0)))') }} as date)
            as last_charge_date
    from lines
    group by provider_name, resource_id

),

{# Of the last 30 days up to the newest snapshot of a resource; the highest use is that of the tool, where it states one. #}
sampled as (

    select
        inventory.provider_name,
        inventory.resource_id,
        cast(count(distinct case when inventory.cpu_utilization_share is not null then inventory.snapshot_date end) as integer) as measured_days,
        {{ percentile('inventory.cpu_utilization_share', 0.95) }} as cpu_p95_share,
        max(coalesce(inventory.cpu_peak_share, inventory.cpu_utilization_share)) as cpu_peak_share,
        max(coalesce(inventory.memory_peak_share, inventory.memory_utilization_share)) as memory_peak_share,
        max(inventory.network_in_bps + inventory.network_out_bps) as network_peak_bps
    from inventory
    inner join resources on inventory.provider_name = resources.provider_name and inventory.resource_id = resources.resource_id
    where inventory.snapshot_date > resources.snapshot_date - 30
    group by inventory.provider_name, inventory.resource_id

),

written_tags as (

    select provider_name, resource_id, {{ json_object_rows('tags') }} as pair
    from resources
    where tags is not null

),

{# Of two tags that disagree the one that forbids holds. #}
tolerated as (

    select
        written_tags.provider_name,
        written_tags.resource_id,
        bool_and(tolerances.may_stop_off_hours) as may_stop_off_hours,
        bool_and(tolerances.tolerates_interruption) as tolerates_interruption,
        bool_and(tolerances.may_wait_to_read) as may_wait_to_read
    from written_tags
    left join tag_names on tag_names.meaning = 'alias' and lower(trim(written_tags.pair.key)) = lower(tag_names.name)
    inner join tolerances
        on
            lower(coalesce(tag_names.tag_key, trim(written_tags.pair.key))) = lower(tolerances.match_on)
            and lower(trim(written_tags.pair.value)) = lower(tolerances.match_value)
    group by written_tags.provider_name, written_tags.resource_id

),

held as (

    select distinct gpu_usage.provider_name, gpu_usage.resource_id
    from gpu_usage
    inner join windows on gpu_usage.provider_name = windows.provider_name
    where gpu_usage.usage_date between windows.window_start_date and windows.window_end_date and gpu_usage.allocated_gpu_hours > 0

),

final as (

    select
        resources.provider_name,
        resources.resource_id,
        resources.resource_type,
        resources.instance_type,
        resources.region_id,
        resources.team_id,
        resources.state,
        resources.storage_class,
        resources.object_count,
        resources.size_gb,
        resources.attached_resource_id,
        resources.created_date,
        resources.is_in_inventory,
        windows.first_billed_date,
        windows.window_start_date,
        windows.window_end_date,
        coalesce(windows.are_reads_billed, false) as are_reads_billed,
        coalesce(billed.on_demand_cost_usd, {{ money(0) }}) as on_demand_cost_usd,
        coalesce(billed.discounted_cost_usd, {{ money(0) }}) as discounted_cost_usd,
        coalesce(billed.billed_hours, 0) as billed_hours,
        billed.last_charge_date,
        coalesce(billed.reads, 0) as reads,
        billed.last_read_date,
        billed.storage_meter,
        coalesce(sampled.measured_days, 0) as measured_days,
        sampled.cpu_p95_share,
        sampled.cpu_peak_share,
        sampled.memory_peak_share,
        sampled.network_peak_bps,
        tolerated.may_stop_off_hours,
        tolerated.tolerates_interruption,
        tolerated.may_wait_to_read,
        case
            when gpu_instance_types.gpus > 0 then held.resource_id is not null
            else coalesce(sampled.measured_days, 0) >= {{ assumption('usage_min_samples') }}
        end as is_use_measured,
        gpu_instance_types.gpus
    from resources
    left join windows on resources.provider_name = windows.provider_name
    left join billed on resources.provider_name = billed.provider_name and resources.resource_id = billed.resource_id
    left join sampled on resources.provider_name = sampled.provider_name and resources.resource_id = sampled.resource_id
    left join tolerated on resources.provider_name = tolerated.provider_name and resources.resource_id = tolerated.resource_id
    left join held on resources.provider_name = held.provider_name and resources.resource_id = held.resource_id
    left join gpu_instance_types on resources.provider_name = gpu_instance_types.provider_name and resources.instance_type = gpu_instance_types.instance_type

)

select * from final
