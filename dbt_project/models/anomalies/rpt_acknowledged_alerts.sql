{# one row per alert that holds now, that no more severe one stands for and that somebody has acknowledged; a view, so that it is always current #}

{{ config(materialized=view_or_table()) }}

with alerts as (

    select * from {{ ref('rpt_alerts') }}

),

events as (

    select * from {{ ref('fct_alert_events') }}

),

acknowledgements as (

    select
        alert_id,
        max(event_at) as acknowledged_at,
        max_by(actor, {{ in_order('event_at', 'event_id') }}) as acknowledged_by,
        max_by(coalesce(note, '-'), {{ in_order('event_at', 'event_id') }}) as note
    from events
    where event_type = 'acknowledged'
    group by alert_id

),

final as (

    select
        alerts.alert_id,
        alerts.measure,
        alerts.severity,
        alerts.subject_type,
        alerts.subject_id,
        alerts.subject_name,
        alerts.period_start_date,
        alerts.as_of_date,
        alerts.unit,
        alerts.observed_value,
        alerts.comparison,
        alerts.threshold_value,
        alerts.prior_value,
        alerts.amount_usd,
        alerts.facts,
        alerts.money_at_risk_usd,
        acknowledgements.acknowledged_at,
        acknowledgements.acknowledged_by,
        acknowledgements.note
    from alerts
    inner join acknowledgements on alerts.alert_id = acknowledgements.alert_id
    where not alerts.is_superseded

)

select * from final
