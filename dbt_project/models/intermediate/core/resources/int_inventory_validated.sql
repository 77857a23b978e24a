{# one row per line of the inventories, with the first reason for which it cannot count, or null; the newest snapshot of a resource is marked #}

with resources as (

    select * from {{ ref('stg_inventory__resources') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

judged as (

    select
        resources.*,
        coalesce(provider_names.provider_name, resources.stated_provider_name) as provider_name,
        case
            when resources.line_problem is not null then resources.line_problem
            when resources.resource_id is null then 'resource_id_missing'
            when resources.is_value_malformed then 'value_malformed'
            when resources.cpu_utilization not between 0 and 100 or resources.memory_utilization not between 0 and 100 then 'utilization_impossible'
            when resources.cpu_utilization_max not between 0 and 100 or resources.memory_utilization_max not between 0 and 100 then 'utilization_impossible'
            when resources.size_gb < 0 or resources.object_count < 0 then 'size_negative'
        end as own_fault
    from resources
    left join provider_names on lower(resources.stated_provider_name) = provider_names.name_in_source

),

{# A snapshot without a day is older than any that has one; of two lines of one snapshot the first counts. #}
ranked as (

    select
        *,
        row_number() over (
            partition by lower(provider_name), resource_id, snapshot_date, file_name, own_fault is null order by line_number
        ) as place_in_snapshot,
        row_number() over (
            partition by lower(provider_name), resource_id, own_fault is null order by snapshot_date desc nulls last, file_name desc, line_number asc
        ) as newest_rank
    from judged

),

validated as (

    select
        file_name,
        line_number,
        coalesce(own_fault, case when place_in_snapshot > 1 then 'resource_repeated' end) as rejection_reason,
        own_fault is null and newest_rank = 1 as is_newest,
        provider_name,
        resource_id,
        resource_type,
        account_id,
        region_id,
        created_date,
        snapshot_date,
        instance_type,
        state,
        storage_class,
        is_versioned,
        encryption,
        attached_resource_id,
        tags,
        cast(cpu_utilization / 100 as double) as cpu_utilization_share,
        cast(cpu_utilization_max / 100 as double) as cpu_peak_share,
        cast(memory_utilization / 100 as double) as memory_utilization_share,
        cast(memory_utilization_max / 100 as double) as memory_peak_share,
        network_in as network_in_bps,
        network_out as network_out_bps,
        object_count,
        size_gb,
        raw_record
    from ranked

)

select * from validated
