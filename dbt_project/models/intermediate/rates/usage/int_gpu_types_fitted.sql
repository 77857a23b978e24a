{# one row per machine with several GPUs that a bill charges for: how many cards were asked for at once, and the cheapest type with fewer of them that fits #}

{{ config(materialized=view_or_table()) }}

with resources as (

    select * from {{ ref('int_resources_measured') }}
    where gpus > 1 and billed_hours > 0

),

gpu_hours as (

    select * from {{ ref('stg_gpu_usage__gpu_hours') }}
    where rejection_reason is null

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

instance_types as (

    select * from {{ ref('instance_types') }}

),

instance_prices as (

    select * from {{ ref('instance_prices') }}

),

{# What waits for a card would wait longer with fewer of them: it counts as what is held. #}
asked as (

    select
        resources.provider_name,
        resources.resource_id,
        coalesce(gpu_hours.requested_at, gpu_hours.started_at) as asked_at,
        coalesce(gpu_hours.ended_at, gpu_hours.requested_at) as last_at,
        cast(gpu_hours.gpus * coalesce(gpu_hours.gpu_fraction, 1) as decimal(18, 9)) as cards
    from gpu_hours
    left join provider_names on lower(gpu_hours.stated_provider_name) = provider_names.name_in_source
    inner join resources
        on
            gpu_hours.resource_id = resources.resource_id
            and coalesce(provider_names.provider_name, gpu_hours.stated_provider_name) = resources.provider_name
            and cast(coalesce(gpu_hours.requested_at, gpu_hours.started_at) as date) <= resources.window_end_date
            and cast(coalesce(gpu_hours.ended_at, gpu_hours.requested_at) as date) >= resources.window_start_date

),

{# At one moment what ends goes before what begins. #}
running as (

    select
        provider_name,
        resource_id,
        sum(change) over (
            partition by provider_name, resource_id order by moment_at asc, change asc rows between unbounded preceding and current row
        ) as cards_at_once
    from (
        select provider_name, resource_id, asked_at as moment_at, cards as change from asked
        union all
        select provider_name, resource_id, last_at as moment_at, -cards as change from asked
    ) as moments

),

peaks as (

    select provider_name, resource_id, cast(max(cards_at_once) as decimal(18, 9)) as peak_cards
    from running
    group by provider_name, resource_id

),

machines as (

    select
        resources.provider_name,
        resources.resource_id,
        resources.region_id,
        resources.window_end_date,
        resources.gpus,
        peaks.peak_cards,
        types.gpu_model,
        sizes.vcpus,
        sizes.memory_gb,
        prices.on_demand_usd_per_hour
    from resources
    left join peaks on resources.provider_name = peaks.provider_name and resources.resource_id = peaks.resource_id
    left join gpu_instance_types as types on resources.provider_name = types.provider_name and resources.instance_type = types.instance_type
    left join instance_types as sizes on resources.provider_name = sizes.provider_name and resources.instance_type = sizes.instance_type
    left join instance_prices as prices
        on
            resources.provider_name = prices.provider_name
            and resources.instance_type = prices.instance_type
            and resources.region_id = prices.region_id
            and prices.valid_from <= resources.window_end_date
            and resources.window_end_date < prices.valid_to

),

{# Nobody measured the CPUs and the memory beside the cards: each card keeps at least as much of both. #}
compared as (

    select
        machines.provider_name,
        machines.resource_id,
        machines.peak_cards,
        types.instance_type,
        types.gpus,
        {{ ratio('prices.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as price_share,
        sizes.vcpus * machines.gpus >= machines.vcpus * types.gpus and sizes.memory_gb * machines.gpus >= machines.memory_gb * types.gpus as is_as_large,
        coalesce(types.gpus >= cast(machines.peak_cards as double) * (1 + {{ assumption('usage_headroom_share') }}), false) as has_room
    from machines
    left join gpu_instance_types as types
        on machines.provider_name = types.provider_name and machines.gpu_model = types.gpu_model and types.gpus < machines.gpus
    left join instance_types as sizes on types.provider_name = sizes.provider_name and types.instance_type = sizes.instance_type
    left join instance_prices as prices
        on
            types.provider_name = prices.provider_name
            and types.instance_type = prices.instance_type
            and machines.region_id = prices.region_id
            and prices.valid_from <= machines.window_end_date
            and machines.window_end_date < prices.valid_to

),

ranked as (

    select
        *,
        coalesce(has_room and is_as_large and price_share < 1, false) as is_fitting,
        row_number() over (
            partition by provider_name, resource_id
            order by case when has_room and is_as_large and price_share < 1 then 0 else 1 end asc, price_share asc nulls last, instance_type asc nulls last
        ) as type_rank
    from compared

),

final as (

    select
        provider_name,
        resource_id,
        max(peak_cards) as peak_cards,
        max(case when is_fitting and type_rank = 1 then instance_type end) as instance_type,
        max(case when is_fitting and type_rank = 1 then gpus end) as gpus,
        max(case when is_fitting and type_rank = 1 then price_share end) as price_share,
        case
            when bool_or(is_fitting) then 'fits'
            when count(instance_type) = 0 then 'none is smaller'
            when not bool_or(has_room) then 'none has room'
            when bool_or(has_room and (is_as_large is null or price_share is null)) then 'not known'
            else 'none is cheaper'
        end as outcome
    from ranked
    group by provider_name, resource_id

)

select * from final
