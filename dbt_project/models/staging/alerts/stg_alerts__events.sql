{# one row per event of an alert, as it was written down #}

with events as (

    select * from {{ source('alerts', 'events') }}

),

final as (

    select
        event_id,
        cast(replace(event_at, 'Z', '') as timestamp) as event_at,
        event_type,
        alert_id,
        channel,
        run_id,
        cast(attempt as integer) as attempt,
        reason,
        actor,
        note,
        rule_id,
        severity,
        subject_type,
        subject_id,
        subject_name,
        cast(period_start_date as date) as period_start_date,
        cast(as_of_date as date) as as_of_date,
        {{ money('amount_usd') }} as amount_usd,
        message
    from events
    {# What a kill cut off has no id. #}
    where event_id is not null and event_at is not null and alert_id is not null

)

select * from final
