{# one row per alert that holds now, that no more severe one stands for and that nobody has acknowledged; a view, so that it is always current #}

{{ config(materialized=view_or_table()) }}

with alerts as (

    select * from {{ ref('rpt_alerts') }}

),

events as (

    select * from {{ ref('fct_alert_events') }}

),

channel_states as (

    select
        alert_id,
        channel,
        bool_or(event_type = 'delivered') as is_delivered
    from events
    where channel is not null
    group by alert_id, channel

),

deliveries as (

    select
        alert_id,
        count_if(is_delivered) as channels_told,
        count_if(not is_delivered) as channels_waiting
    from channel_states
    group by alert_id

),

histories as (

    select
        alert_id,
        min(case when event_type = 'fired' then event_at end) as fired_at,
        bool_or(event_type = 'acknowledged') as is_acknowledged
    from events
    group by alert_id

),

assignments as (

    select
        alert_id,
        max(event_at) as assigned_at,
        max_by(assignee, {{ in_order('event_at', 'event_id') }}) as assigned_to,
        nullif(max_by(coalesce(note, ''), {{ in_order('event_at', 'event_id') }}), '') as assignment_note
    from events
    where event_type = 'assigned'
    group by alert_id

),

still_open as (

    select
        alerts.alert_id,
        alerts.rule_id,
        alerts.measure,
        alerts.severity,
        case alerts.severity when 'critical' then 1 when 'warning' then 2 else 3 end as severity_rank,
        alerts.subject_type,
        alerts.subject_id,
        alerts.subject_name,
        alerts.period_start_date,
        alerts.period_end_date,
        alerts.as_of_date,
        alerts.unit,
        alerts.observed_value,
        alerts.comparison,
        alerts.threshold_value,
        alerts.prior_value,
        alerts.amount_usd,
        alerts.facts,
        alerts.source_mart,
        alerts.source_keys,
        histories.fired_at,
        cast(coalesce(deliveries.channels_told, 0) as bigint) as channels_told,
        cast(coalesce(deliveries.channels_waiting, 0) as bigint) as channels_waiting,
        alerts.money_at_risk_usd,
        assignments.assigned_at,
        assignments.assigned_to,
        assignments.assignment_note,
        case
            when histories.fired_at is null then 'new'
            when deliveries.channels_told > 0 and deliveries.channels_waiting > 0 then 'sent to some'
            when deliveries.channels_told > 0 then 'sent'
            when deliveries.channels_waiting > 0 then 'sending failed'
            else 'open'
        end as state
    from alerts
    left join histories on alerts.alert_id = histories.alert_id
    left join deliveries on alerts.alert_id = deliveries.alert_id
    left join assignments on alerts.alert_id = assignments.alert_id
    where not alerts.is_superseded and not coalesce(histories.is_acknowledged, false)

),

{# Alerts of one subject may speak of the same dollars, so the largest of them counts and not their sum. #}
final as (

    select
        *,
        cast(row_number() over (
            partition by subject_type, subject_id
            order by severity_rank asc, money_at_risk_usd desc nulls last, alert_id asc
        ) as bigint) as subject_place,
        count(*) over (partition by subject_type, subject_id) as subject_alerts,
        max(money_at_risk_usd) over (partition by subject_type, subject_id) as subject_money_at_risk_usd
    from still_open

)

select * from final
