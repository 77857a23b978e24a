{# Who is told about is who the reports speak of: a rule whose limit stands in the seed assumptions finds the same customers. #}

with rules as (

    select rule_id
    from {{ ref('alert_rules') }}
    where is_on and rule_kind = 'cost_share_of_revenue' and threshold_name = 'cost_share_of_revenue_warning'

),

alerts as (

    select
        rule_id,
        subject_id,
        observed_value
    from {{ ref('rpt_alerts') }}

),

reported as (

    select
        rules.rule_id,
        reported.customer_id,
        reported.cost_share_of_revenue
    from rules
    cross join {{ ref('rpt_threshold_alerts') }} as reported
    where reported.alert_kind = 'cost_share_of_revenue'

)

select
    reported.customer_id,
    alerts.subject_id,
    reported.cost_share_of_revenue,
    alerts.observed_value
from (select alerts.* from alerts inner join rules on alerts.rule_id = rules.rule_id) as alerts
full outer join reported on alerts.rule_id = reported.rule_id and alerts.subject_id = reported.customer_id
where alerts.observed_value is distinct from reported.cost_share_of_revenue
