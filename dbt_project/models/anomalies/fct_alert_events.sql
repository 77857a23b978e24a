{# one row per event of an alert: fired, sending, delivered, failed, assigned, acknowledged; a view over the ledger, so that it is always current #}

{{ config(materialized=view_or_table()) }}

with events as (

    select * from {{ ref('stg_alerts__events') }}

),

{# What the alert said stands with its firing; a ledger from which that line is lost keeps the other events. #}
firings as (

    select
        alert_id,
        max_by(rule_id, {{ in_order('event_at', 'event_id') }}) as rule_id,
        max_by(severity, {{ in_order('event_at', 'event_id') }}) as severity,
        max_by(subject_type, {{ in_order('event_at', 'event_id') }}) as subject_type,
        max_by(subject_id, {{ in_order('event_at', 'event_id') }}) as subject_id,
        max_by(subject_name, {{ in_order('event_at', 'event_id') }}) as subject_name,
        max_by(period_start_date, {{ in_order('event_at', 'event_id') }}) as period_start_date,
        max_by(as_of_date, {{ in_order('event_at', 'event_id') }}) as as_of_date,
        max_by(amount_usd, {{ in_order('event_at', 'event_id') }}) as amount_usd,
        max_by(message, {{ in_order('event_at', 'event_id') }}) as message
    from events
    where event_type = 'fired'
    group by alert_id

),

final as (

    select
        events.event_id,
        events.event_at,
        events.event_type,
        events.alert_id,
        firings.rule_id,
        firings.severity,
        firings.subject_type,
        firings.subject_id,
        firings.subject_name,
        firings.period_start_date,
        firings.as_of_date,
        firings.amount_usd,
        firings.message,
        events.channel,
        events.attempt,
        events.reason,
        events.actor,
        events.note,
        events.run_id,
        events.assignee
    from events
    left join firings on events.alert_id = firings.alert_id

)

select * from final
