{# one row per machine with GPUs that a bill charges for: the part of its cost for cards that nobody held, or that were held and did nothing, or why that is unknown #}

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

recorded_days as (

    select distinct provider_name, resource_id, usage_date from gpu_usage

),

{# The hours billed of the days on which anybody recorded who held the cards; a machine need not run all day. #}
recorded as (

    select
        resources.provider_name,
        resources.resource_id,
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
        greatest(1 - coalesce(recorded.recorded_hours, 0) / resources.billed_hours, 0) as unrecorded_share
    from resources
    left join recorded on resources.provider_name = recorded.provider_name and resources.resource_id = recorded.resource_id

),

shared as (

    select
        resources.*,
        greatest(1 - resources.unrecorded_share - resources.held_gpu_hours / (resources.billed_hours * resources.gpus), 0) as not_held_share,
        least(resources.idle_gpu_hours / (resources.billed_hours * resources.gpus), 1) as held_idle_share,
        {{ gone_or_discounted('resources') }} as general_reason
    from with_unrecorded as resources

),

options as (

    select
        provider_name,
        resource_id,
        'gpu_idle' as action_kind,
        'shared, or stopped' as target,
        (not_held_share + held_idle_share) * {{ assumption('gpu_released_share') }} as saved_share,
        (not_held_share + held_idle_share) * {{ assumption('gpu_released_low_share') }} as saved_low_share,
        (not_held_share + held_idle_share) * {{ assumption('gpu_released_high_share') }} as saved_high_share,
        cast(null as double) as resized_saved_share,
        cast(0 as double) as one_off_usd,
        'of the hours of its cards ' || {{ percent_text('not_held_share') }} || ' nobody held, ' || {{ percent_text('held_idle_share') }} || ' were held and did nothing'
        || coalesce(' with ' || {{ percent_text('idle_gpu_memory_share') }} || ' of memory full', '')
        || case when unrecorded_share > 0 then ', ' || {{ percent_text('unrecorded_share') }} || ' were not recorded' else '' end as evidence,
        case when not is_use_measured then 'nobody recorded who held its cards' end as unknown_reason,
        coalesce(general_reason, case
            when is_use_measured and not_held_share + held_idle_share < {{ assumption('gpu_idle_share_from') }} then 'its cards are in use'
        end) as rejection_reason
    from shared

)

select * from options
