{# one row per machine with GPUs that a bill charges for: the part of its cost for cards that nobody held, or that were held and did nothing, or why that is unknown #}

{{ config(materialized=view_or_table()) }}

with resources as (

    select * from {{ ref('int_resources_measured') }}
    where gpus > 0 and billed_hours > 0

),

{# Of a day that nobody recorded it is not known who held the cards: it is no saving. #}
recorded as (

    select
        *,
        greatest(1 - gpu_recorded_days * 24 / billed_hours, 0) as unrecorded_share
    from resources

),

shared as (

    select
        resources.*,
        greatest(1 - resources.unrecorded_share - resources.held_gpu_hours / (resources.billed_hours * resources.gpus), 0) as not_held_share,
        least(resources.idle_gpu_hours / (resources.billed_hours * resources.gpus), 1) as held_idle_share,
        {{ gone_or_discounted('resources') }} as general_reason
    from recorded as resources

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
