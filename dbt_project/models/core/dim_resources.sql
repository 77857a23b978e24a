{# one row per provider x resource that a bill charges for or an inventory lists #}

with bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

inventory as (

    select * from {{ ref('int_inventory_validated') }}
    where is_newest

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

{# What the lines of a resource say is mostly the same: few rows for millions of lines. #}
described as (

    select
        provider_name,
        resource_id,
        resource_name,
        resource_type,
        service_category,
        service_name,
        region_id,
        billing_account_id,
        sub_account_id,
        tags,
        sku_price_details,
        {{ charge_kind() }} as charge_kind,
        min(charge_period_start_at) as first_at,
        max(charge_period_start_at) as last_at
    from bills
    where resource_id is not null
    group by
        provider_name, resource_id, resource_name, resource_type, service_category, service_name, region_id, billing_account_id, sub_account_id, tags,
        sku_price_details, {{ charge_kind() }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by provider_name, resource_id
            order by
                case charge_kind when 'Usage' then 0 else 1 end asc,
                last_at desc,
                case when tags is null then 1 else 0 end asc,
                case when sku_price_details is null then 1 else 0 end asc,
                first_at asc,
                {{ ['charge_kind', 'service_name', 'tags', 'sub_account_id', 'resource_type', 'sku_price_details', 'region_id', 'resource_name'] | join(' asc nulls last, ') }} asc nulls last
        ) as newest_rank
    from described

),

billed as (

    select
        provider_name,
        resource_id,
        max(case when newest_rank = 1 then resource_name end) as resource_name,
        max(case when newest_rank = 1 then resource_type end) as resource_type,
        max(case when newest_rank = 1 then service_category end) as service_category,
        max(case when newest_rank = 1 then service_name end) as service_name,
        max(case when newest_rank = 1 then region_id end) as region_id,
        max(case when newest_rank = 1 then billing_account_id end) as billing_account_id,
        max(case when newest_rank = 1 then sub_account_id end) as sub_account_id,
        max(case when newest_rank = 1 then tags end) as tags,
        max(case when newest_rank = 1 then charge_kind end) as charge_kind,
        max(case when newest_rank = 1 then {{ json_text('sku_price_details', 'InstanceType') }} end) as instance_type,
        cast(count(distinct coalesce(sub_account_id, billing_account_id)) as bigint) as accounts,
        cast(min(first_at) as date) as first_billed_date,
        cast(max(last_at) as date) as last_billed_date
    from ranked
    group by provider_name, resource_id

),

{# The newer of both says what the tags are; the owner is that of its charges, where there are any. #}
combined as (

    select
        coalesce(billed.provider_name, inventory.provider_name) as provider_name,
        coalesce(billed.resource_id, inventory.resource_id) as resource_id,
        billed.resource_name,
        coalesce(inventory.resource_type, billed.resource_type) as resource_type,
        coalesce(billed.instance_type, inventory.instance_type) as instance_type,
        billed.service_category,
        billed.service_name,
        coalesce(billed.region_id, inventory.region_id) as region_id,
        coalesce(billed.sub_account_id, billed.billing_account_id, inventory.account_id) as account_id,
        cast(coalesce(billed.accounts, case when inventory.account_id is null then 0 else 1 end) as bigint) as accounts,
        case
            when inventory.snapshot_date >= billed.last_billed_date then coalesce(inventory.tags, billed.tags)
            else coalesce(billed.tags, inventory.tags)
        end as tags,
        inventory.state,
        inventory.cpu_utilization_share,
        inventory.memory_utilization_share,
        inventory.network_in_bps,
        inventory.network_out_bps,
        inventory.storage_class,
        inventory.object_count,
        inventory.size_gb,
        inventory.is_versioned,
        inventory.encryption,
        inventory.attached_resource_id,
        inventory.created_date,
        inventory.snapshot_date,
        least(
            coalesce(billed.first_billed_date, inventory.snapshot_date), coalesce(inventory.snapshot_date, billed.first_billed_date)
        ) as first_seen_date,
        greatest(
            coalesce(billed.last_billed_date, inventory.snapshot_date), coalesce(inventory.snapshot_date, billed.last_billed_date)
        ) as last_seen_date,
        billed.provider_name is not null as is_billed,
        inventory.provider_name is not null as is_in_inventory,
        case
            when billed.provider_name is not null
                then {{ owner_key(account_id='billed.billing_account_id', sub_account_id='billed.sub_account_id', resource_id='billed.resource_id', tags='billed.tags', charge_kind='billed.charge_kind') }}
            else {{ owner_key(sub_account_id='inventory.account_id', resource_id='inventory.resource_id', tags='inventory.tags') }}
        end as owner_key
    from billed
    full outer join inventory on billed.provider_name = inventory.provider_name and billed.resource_id = inventory.resource_id

),

owned as (

    select
        combined.provider_name,
        combined.resource_id,
        combined.resource_name,
        combined.resource_type,
        combined.instance_type,
        combined.service_category,
        combined.service_name,
        combined.region_id,
        combined.account_id,
        combined.accounts,
        combined.tags,
        owner_matches.owner_rule,
        owner_matches.business_unit_id,
        owner_matches.team_id,
        owner_matches.project_id,
        owner_matches.user_id,
        owner_matches.cost_centre,
        combined.state,
        combined.cpu_utilization_share,
        combined.memory_utilization_share,
        combined.network_in_bps,
        combined.network_out_bps,
        combined.storage_class,
        combined.object_count,
        combined.size_gb,
        combined.is_versioned,
        combined.encryption,
        combined.attached_resource_id,
        combined.created_date,
        combined.snapshot_date,
        combined.first_seen_date,
        combined.last_seen_date,
        combined.is_billed,
        combined.is_in_inventory
    from combined
    inner join owner_matches
        on
            combined.owner_key = owner_matches.owner_key
            and owner_matches.valid_from_date <= coalesce(combined.last_seen_date, cast('9999-12-30' as date))
            and coalesce(combined.last_seen_date, cast('9999-12-30' as date)) < owner_matches.valid_to_date

)

select * from owned
