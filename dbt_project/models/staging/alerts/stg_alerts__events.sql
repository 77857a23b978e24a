{# one row per event of an alert, as it was written down #}

with events as (

    select * from {{ source('alerts', 'events') }}

),

{# A line that somebody wrote by hand must not make the history unreadable: what cannot be read is null. #}
final as (

    select
        event_id,
        try_cast(replace(event_at, 'Z', '') as timestamp) as event_at,
        event_type,
        alert_id,
        channel,
        run_id,
        try_cast(attempt as integer) as attempt,
        reason,
        actor,
        note,
        assignee,
        rule_id,
        severity,
        subject_type,
        subject_id,
        subject_name,
        try_cast(period_start_date as date) as period_start_date,
        try_cast(as_of_date as date) as as_of_date,
        try_cast(amount_usd as decimal(28, 12)) as amount_usd,
        message
    from events
    {# What a kill cut off has no id. #}
    where event_id is not null and try_cast(replace(event_at, 'Z', '') as timestamp) is not null and alert_id is not null

)

select * from final
