{# one row per volume that a bill charges for x way to pay less for it: a snapshot in its place, or a newer type; or why not #}

{{ config(materialized=view_or_table()) }}

with resources as (

    select * from {{ ref('int_resources_measured') }}

),

volume_types as (

    select * from {{ ref('volume_types') }}

),

volumes as (

    select
        volumes.*,
        machines.state as machine_state,
        machines.billed_hours as machine_hours,
        {{ gone_or_discounted('volumes') }} as general_reason
    from resources as volumes
    left join resources as machines
        on volumes.provider_name = machines.provider_name and volumes.attached_resource_id = machines.resource_id
    where
        (lower(volumes.resource_type) like '%volume%' or volumes.resource_id like 'vol-%')
        and volumes.on_demand_cost_usd + volumes.discounted_cost_usd > 0

),

{# Another type costs its price by theirs of what the bill charges for the volume, while it is in use. #}
newer_types as (

    select
        volumes.*,
        types.newer_type,
        types.same_speed_up_to_gb,
        1 - {{ ratio('newer.usd_per_gb_month', 'types.usd_per_gb_month') }} as saved_share
    from volumes
    inner join volume_types as types
        on
            volumes.provider_name = types.provider_name
            and volumes.region_id = types.region_id
            and {{ place_in_text('volumes.storage_meter', 'types.meter_contains') }} > 0
            and types.valid_from <= volumes.window_end_date
            and volumes.window_end_date < types.valid_to
    left join volume_types as newer
        on
            types.provider_name = newer.provider_name
            and types.region_id = newer.region_id
            and types.newer_type = newer.volume_type
            and newer.valid_from <= volumes.window_end_date
            and volumes.window_end_date < newer.valid_to
    where types.newer_type is not null

),

options as (

    select
        provider_name,
        resource_id,
        case when attached_resource_id is null then 'unattached_volume' else 'stopped_volume' end as action_kind,
        'snapshot' as target,
        1 - {{ assumption('snapshot_cost_share') }} as saved_share,
        (1 - {{ assumption('snapshot_cost_share') }}) * {{ assumption('usage_low_share') }} as saved_low_share,
        cast(1 as double) as saved_high_share,
        cast(null as double) as resized_saved_share,
        cast(0 as double) as one_off_usd,
        case
            when not is_in_inventory then 'on the bill alone'
            when attached_resource_id is null then 'state ' || coalesce(state, 'unknown')
            else 'hangs on ' || attached_resource_id || ', ' || coalesce(machine_state, 'state unknown')
        end as evidence,
        case
            when not is_in_inventory then 'no inventory says whether a machine uses it'
            when attached_resource_id is null and coalesce(state, '') <> 'available' then 'the inventory does not say that no machine uses it'
            when attached_resource_id is not null and machine_state is null then 'no inventory says whether its machine runs'
        end as unknown_reason,
        coalesce(general_reason, case
            when attached_resource_id is not null and machine_state <> 'stopped' then 'its machine is in use'
            when attached_resource_id is not null and machine_hours > 0 then 'its machine ran within 30 days'
        end) as rejection_reason,
        false as is_illustrative
    from volumes
    union all
    select
        provider_name,
        resource_id,
        'volume_type' as action_kind,
        newer_type as target,
        saved_share,
        saved_share as saved_low_share,
        saved_share as saved_high_share,
        cast(null as double) as resized_saved_share,
        cast(0 as double) as one_off_usd,
        coalesce(cast(cast(size_gb as decimal(12, 0)) as string) || ' GB', 'of unknown size') || ', ' || storage_meter as evidence,
        case
            when size_gb is null then 'the inventory does not say how large it is'
            when saved_share is null then 'the price of the newer type in its region is not in the seed volume_types'
        end as unknown_reason,
        coalesce(general_reason, case
            when is_in_inventory and (machine_state = 'stopped' or (attached_resource_id is null and state = 'available')) then 'no running machine uses it'
            when size_gb > same_speed_up_to_gb then 'the newer type would be slower, or cost more for its speed'
        end) as rejection_reason,
        false as is_illustrative
    from newer_types

)

select * from options
