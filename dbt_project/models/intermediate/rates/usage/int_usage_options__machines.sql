{# one row per machine that a bill charges for x way to pay less for it (end it, off hours, smaller, arm64, spare capacity): its share of the cost, or why not #}

{{ config(materialized=view_or_table()) }}

{# Work that is done again after an interruption, of the month's 730 hours. #}
{% set lost_hours = assumption('spot_hours_lost_per_interruption') %}
{% set no_share = 'cast(null as double)' %}
{% set headroom = '(1 + ' ~ assumption('usage_headroom_share') ~ ')' %}

with resources as (

    select * from {{ ref('int_resources_measured') }}

),

instance_types as (

    select * from {{ ref('instance_types') }}

),

instance_prices as (

    select * from {{ ref('instance_prices') }}

),

machines as (

    select
        resources.*,
        instance_types.vcpus,
        instance_types.memory_gb,
        instance_types.baseline_cpu_share,
        instance_types.architecture,
        prices.on_demand_usd_per_hour,
        prices.spot_usd_per_hour,
        prices.interruptions_per_month,
        coalesce(prices.is_spot_illustrative, false) as is_spot_illustrative,
        resources.cpu_peak_share * instance_types.vcpus * {{ headroom }} as needed_vcpus,
        resources.cpu_p95_share * instance_types.vcpus * {{ headroom }} as needed_baseline_vcpus,
        coalesce(resources.memory_peak_share * {{ headroom }}, 1) * cast(instance_types.memory_gb as double) as needed_memory_gb,
        resources.billed_hours / 30 * 7 as hours_per_week,
        {{ gone('resources') }} as gone_reason,
        case when resources.on_demand_cost_usd <= 0 then {{ paid_already() }} end as paid_reason,
        case when resources.measured_days = 0 then 'its use was never measured' when not resources.is_use_measured then 'its use was measured on too few days' end
            as unmeasured_reason
    from resources
    left join instance_types on resources.provider_name = instance_types.provider_name and resources.instance_type = instance_types.instance_type
    left join instance_prices as prices
        on
            resources.provider_name = prices.provider_name
            and resources.instance_type = prices.instance_type
            and resources.region_id = prices.region_id
            and prices.valid_from <= resources.window_end_date
            and resources.window_end_date < prices.valid_to
    where resources.instance_type is not null and resources.gpus is null and resources.billed_hours > 0

),

{# Never below the highest use that was seen and room above it; a burstable type must carry the mean of its busiest days for ever. For arm64 software
   has to be built anew: that is an option of its own. #}
fitting as (

    select
        machines.provider_name, machines.resource_id, prices.instance_type, prices.on_demand_usd_per_hour, prices.spot_usd_per_hour,
        prices.interruptions_per_month, types.vcpus, types.memory_gb, types.baseline_cpu_share,
        types.architecture = machines.architecture as is_same_architecture,
        row_number() over (
            partition by machines.provider_name, machines.resource_id, types.architecture order by prices.on_demand_usd_per_hour asc, prices.instance_type asc
        ) as price_rank
    from machines
    inner join instance_types as types on machines.provider_name = types.provider_name and types.architecture in (machines.architecture, 'arm64')
    inner join instance_prices as prices
        on
            types.provider_name = prices.provider_name
            and types.instance_type = prices.instance_type
            and machines.region_id = prices.region_id
            and prices.valid_from <= machines.window_end_date
            and machines.window_end_date < prices.valid_to
    where
        types.vcpus >= machines.needed_vcpus
        and types.vcpus * cast(types.baseline_cpu_share as double) >= machines.needed_baseline_vcpus
        and cast(types.memory_gb as double) >= machines.needed_memory_gb
        and prices.on_demand_usd_per_hour < machines.on_demand_usd_per_hour

),

options as (

    select
        provider_name, resource_id,
        'idle_machine' as action_kind,
        'ended' as target,
        1.0 as saved_share,
        1.0 as saved_low_share,
        1.0 as saved_high_share,
        {{ no_share }} as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'highest CPU ' || {{ percent_text('cpu_peak_share') }} || ' on ' || cast(measured_days as string) || ' days' as evidence,
        coalesce(unmeasured_reason, case when network_peak_bps is null then 'its traffic was never measured' end) as unknown_reason,
        coalesce(gone_reason, case
            when cpu_peak_share >= {{ assumption('idle_cpu_up_to') }} then 'it is in use'
            when network_peak_bps >= {{ assumption('idle_network_up_to_bps') }} then 'it has traffic'
        end, paid_reason) as rejection_reason,
        false as is_illustrative
    from machines
    union all
    select
        provider_name, resource_id,
        'off_hours' as action_kind,
        'on for ' || cast(cast({{ assumption('off_hours_kept_per_week') }} as bigint) as string) || ' hours a week' as target,
        1 - {{ ratio(assumption('off_hours_kept_per_week'), 'hours_per_week') }} as saved_share,
        greatest(1 - {{ ratio(assumption('off_hours_kept_per_week_low'), 'hours_per_week') }}, 0) as saved_low_share,
        1 - {{ ratio(assumption('off_hours_kept_per_week'), 'hours_per_week') }} as saved_high_share,
        {{ no_share }} as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'on for ' || cast(cast(round(hours_per_week) as bigint) as string) || ' hours a week' as evidence,
        case when may_stop_off_hours is null then 'no tag that the seed workload_tolerances lists says whether it may be off at night' end as unknown_reason,
        coalesce(gone_reason, case
            when not may_stop_off_hours then 'a tag says that it must be on at night'
            when hours_per_week <= {{ assumption('off_hours_kept_per_week') }} then 'it is off at night already'
        end, paid_reason) as rejection_reason,
        false as is_illustrative
    from machines
    union all
    select
        machines.provider_name, machines.resource_id,
        case
            when fitting.vcpus >= machines.vcpus and fitting.memory_gb >= machines.memory_gb and fitting.baseline_cpu_share >= machines.baseline_cpu_share
                then 'cheaper_type'
            else 'right_size'
        end as action_kind,
        fitting.instance_type as target,
        1 - {{ ratio('fitting.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as saved_share,
        1 - {{ ratio('fitting.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as saved_low_share,
        1 - {{ ratio('fitting.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as saved_high_share,
        {{ no_share }} as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'highest CPU ' || {{ percent_text('machines.cpu_peak_share') }} || coalesce(', memory ' || {{ percent_text('machines.memory_peak_share') }}, ', memory unknown')
        || ' of ' || machines.instance_type || ' on ' || cast(machines.measured_days as string) || ' days' as evidence,
        coalesce(machines.unmeasured_reason, case
            when machines.vcpus is null then 'the size of its type is not in the seed instance_types'
            when machines.on_demand_usd_per_hour is null then 'the price of its type in its region is not in the seed instance_prices'
        end) as unknown_reason,
        coalesce(machines.gone_reason, case
            when fitting.instance_type is null and machines.needed_vcpus is not null and machines.on_demand_usd_per_hour is not null then 'its highest use needs this size'
        end, machines.paid_reason) as rejection_reason,
        false as is_illustrative
    from machines
    left join fitting
        on
            machines.provider_name = fitting.provider_name and machines.resource_id = fitting.resource_id
            and fitting.is_same_architecture and fitting.price_rank = 1
    union all
    select
        machines.provider_name, machines.resource_id,
        'arm_type' as action_kind,
        rebuilt.instance_type as target,
        1 - {{ ratio('rebuilt.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as saved_share,
        1 - {{ ratio('rebuilt.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as saved_low_share,
        1 - {{ ratio('rebuilt.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as saved_high_share,
        1 - {{ ratio('rebuilt.on_demand_usd_per_hour', 'fitting.on_demand_usd_per_hour') }} as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'once its software is built for arm64; highest CPU ' || {{ percent_text('machines.cpu_peak_share') }} || ' of ' || machines.instance_type as evidence,
        coalesce(machines.unmeasured_reason, case when machines.on_demand_usd_per_hour is null then 'the price of its type in its region is not in the seed instance_prices' end)
            as unknown_reason,
        coalesce(machines.gone_reason, case
            when machines.tolerates_interruption then 'it may run on spare capacity'
            when rebuilt.instance_type is null and machines.needed_vcpus is not null and machines.on_demand_usd_per_hour is not null
                then 'no type for arm64 in its region is cheaper and has room for its highest use'
        end, machines.paid_reason) as rejection_reason,
        false as is_illustrative
    from machines
    left join fitting
        on
            machines.provider_name = fitting.provider_name and machines.resource_id = fitting.resource_id
            and fitting.is_same_architecture and fitting.price_rank = 1
    left join fitting as rebuilt
        on machines.provider_name = rebuilt.provider_name and machines.resource_id = rebuilt.resource_id and not rebuilt.is_same_architecture and rebuilt.price_rank = 1
    where machines.architecture = 'x86_64'
    union all
    select
        machines.provider_name, machines.resource_id,
        'spot' as action_kind,
        'spare capacity' as target,
        1 - {{ ratio('machines.spot_usd_per_hour', 'machines.on_demand_usd_per_hour') }} - cast(machines.interruptions_per_month as double) * {{ lost_hours }} / 730 as saved_share,
        1 - {{ ratio('machines.spot_usd_per_hour', 'machines.on_demand_usd_per_hour') }} * (1 + {{ assumption('spot_price_rise_low') }}) - cast(machines.interruptions_per_month as double) * {{ lost_hours }} / 730 as saved_low_share,
        1 - {{ ratio('machines.spot_usd_per_hour', 'machines.on_demand_usd_per_hour') }} - cast(machines.interruptions_per_month as double) * {{ lost_hours }} / 730 as saved_high_share,
        1 - {{ ratio('fitting.spot_usd_per_hour', 'fitting.on_demand_usd_per_hour') }} - cast(fitting.interruptions_per_month as double) * {{ lost_hours }} / 730 as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'assumed to be interrupted ' || cast(cast(machines.interruptions_per_month as decimal(9, 2)) as string) || ' times a month' as evidence,
        case
            when machines.tolerates_interruption is null then 'no tag that the seed workload_tolerances lists says whether it may be interrupted'
            when machines.spot_usd_per_hour is null then 'the price of spare capacity of its type is not in the seed instance_prices'
        end as unknown_reason,
        coalesce(machines.gone_reason, case
            when not machines.tolerates_interruption then 'a tag says that it must not be interrupted'
            when machines.spot_usd_per_hour >= machines.on_demand_usd_per_hour then 'spare capacity is no cheaper'
        end, machines.paid_reason) as rejection_reason,
        machines.is_spot_illustrative as is_illustrative
    from machines
    left join fitting
        on
            machines.provider_name = fitting.provider_name and machines.resource_id = fitting.resource_id
            and fitting.is_same_architecture and fitting.price_rank = 1

)

select * from options
