{# one row per machine with GPUs that a bill charges for x way to pay less for it (stop it while nobody holds a card or what is held does nothing, a type
   with fewer cards): its share of the cost, or why not, or why that is unknown #}

{{ config(materialized=view_or_table()) }}

with resources as (

    select * from {{ ref('int_resources_measured') }}
    where gpus > 0 and billed_hours > 0

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and charge_category = 'Usage' and lower(consumed_unit) in ('hrs', 'hours', 'hour', 'h', '1 hour')

),

gpu_usage as (

    select * from {{ ref('int_gpu_usage_daily') }}

),

fitted as (

    select * from {{ ref('int_gpu_types_fitted') }}

),

recorded_days as (

    select distinct provider_name, resource_id, usage_date from gpu_usage

),

{# The hours billed of the days on which anybody recorded who held the cards; a machine need not run all day. #}
recorded as (

    select
        resources.provider_name,
        resources.resource_id,
        count(distinct recorded_days.usage_date) as recorded_days,
        {{ stable_sum('bills.consumed_quantity * ' ~ part_of_line('bills', 'recorded_days.usage_date', 'recorded_days.usage_date')) }} as recorded_hours
    from resources
    inner join recorded_days
        on
            resources.provider_name = recorded_days.provider_name
            and resources.resource_id = recorded_days.resource_id
            and recorded_days.usage_date between resources.window_start_date and resources.window_end_date
    inner join bills on resources.provider_name = bills.provider_name and resources.resource_id = bills.resource_id
    group by resources.provider_name, resources.resource_id

),

{# Of a day that nobody recorded it is not known who held the cards: it is no saving. #}
with_unrecorded as (

    select
        resources.*,
        coalesce(recorded.recorded_days, 0) as recorded_days,
        greatest(1 - coalesce(recorded.recorded_hours, 0) / resources.billed_hours, 0) as unrecorded_share
    from resources
    left join recorded on resources.provider_name = recorded.provider_name and resources.resource_id = recorded.resource_id

),

holders as (

    select
        resources.provider_name,
        resources.resource_id,
        gpu_usage.held_from_us,
        gpu_usage.held_until_us,
        coalesce(gpu_usage.measured_gpu_hours < gpu_usage.allocated_gpu_hours * {{ assumption('gpu_idle_busy_below') }}, false) as is_idle,
        gpu_usage.memory_share
    from gpu_usage
    inner join resources
        on
            gpu_usage.provider_name = resources.provider_name
            and gpu_usage.resource_id = resources.resource_id
            and gpu_usage.usage_date between resources.window_start_date and resources.window_end_date
    where gpu_usage.held_until_us > gpu_usage.held_from_us

),

{# A machine is billed whole, however many cards it has: only while none of them is held, or none that is held does anything, can it be stopped. What several
   hold at once counts once: of each holder the time after all that began before it. #}
added as (

    select
        provider_name,
        resource_id,
        kind,
        greatest(
            held_until_us - greatest(held_from_us, coalesce(max(held_until_us) over (
                partition by provider_name, resource_id, kind order by held_from_us asc, held_until_us asc rows between unbounded preceding and 1 preceding
            ), held_from_us)), 0
        ) as added_us,
        idle_memory_share
    from (
        select
            provider_name,
            resource_id,
            held_from_us,
            held_until_us,
            'held' as kind,
            case when is_idle then memory_share end as idle_memory_share
        from holders
        union all
        select
            provider_name,
            resource_id,
            held_from_us,
            held_until_us,
            'busy' as kind,
            null as idle_memory_share
        from holders
        where not is_idle
    ) as kinds

),

held as (

    select
        provider_name,
        resource_id,
        cast(coalesce(sum(case when kind = 'held' then added_us end), 0) as double) / 3600000000 as held_hours,
        cast(coalesce(sum(case when kind = 'busy' then added_us end), 0) as double) / 3600000000 as busy_hours,
        {{ stable_avg('idle_memory_share') }} as idle_memory_share
    from added
    group by provider_name, resource_id

),

free as (

    select
        resources.*,
        fitted.peak_cards,
        fitted.instance_type as fewer_type,
        1 - fitted.price_share as fewer_share,
        fitted.outcome,
        held.idle_memory_share,
        greatest(1 - resources.unrecorded_share - coalesce(held.held_hours, 0) / resources.billed_hours, 0) as not_held_share,
        least((coalesce(held.held_hours, 0) - coalesce(held.busy_hours, 0)) / resources.billed_hours, 1) as held_idle_share,
        {{ gone_or_discounted('resources') }} as general_reason
    from with_unrecorded as resources
    left join held on resources.provider_name = held.provider_name and resources.resource_id = held.resource_id
    left join fitted on resources.provider_name = fitted.provider_name and resources.resource_id = fitted.resource_id

),

options as (

    select
        provider_name,
        resource_id,
        'gpu_idle' as action_kind,
        'ended while free' as target,
        not_held_share + held_idle_share as saved_share,
        not_held_share + held_idle_share as saved_low_share,
        (not_held_share + held_idle_share) * {{ assumption('gpu_released_high_share') }} as saved_high_share,
        {# The same jobs hold fewer cards for as long. #}
        not_held_share + held_idle_share as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'in ' || {{ percent_text('not_held_share') }} || ' of its hours nobody held a card, in ' || {{ percent_text('held_idle_share') }} || ' what was held did nothing'
        || coalesce(' with ' || {{ percent_text('idle_memory_share') }} || ' of memory full', '')
        || case when unrecorded_share > 0 then ', ' || {{ percent_text('unrecorded_share') }} || ' were not recorded' else '' end as evidence,
        case when not is_use_measured then 'nobody recorded who held its cards' end as unknown_reason,
        coalesce(general_reason, case
            when is_use_measured and not_held_share + held_idle_share < {{ assumption('gpu_idle_share_from') }}
                then case when gpus > 1 then 'it is billed whole, and one of its cards is nearly always in use' else 'its card is in use' end
        end) as rejection_reason,
        false as is_illustrative
    from free
    union all
    select
        provider_name,
        resource_id,
        'right_size' as action_kind,
        fewer_type as target,
        fewer_share as saved_share,
        fewer_share as saved_low_share,
        fewer_share as saved_high_share,
        cast(null as double) as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'at most ' || cast(cast(peak_cards as decimal(9, 1)) as string) || ' of its ' || cast(gpus as string) || ' cards were held or waited for at once on '
        || cast(recorded_days as string) || case when recorded_days = 1 then ' day' else ' days' end as evidence,
        case
            when not is_use_measured then 'nobody recorded who held its cards'
            when recorded_days < {{ assumption('usage_min_samples') }} then 'who held its cards was recorded on too few days'
            when outcome = 'not known' then 'the size or the price of a type with fewer of its cards is not in the seeds'
        end as unknown_reason,
        coalesce(general_reason, case
            when outcome = 'none is smaller' then 'no type with fewer of its cards is in the seed gpu_instance_types'
            when is_use_measured and outcome = 'none has room' then 'its highest use needs this size'
            when is_use_measured and outcome = 'none is cheaper' then 'no type with fewer of its cards is cheaper and gives each as much CPU and memory'
        end) as rejection_reason,
        false as is_illustrative
    from free
    where gpus > 1

)

select * from options
