{# one row per alert rule that is on, with its limit #}

with rules as (

    select * from {{ ref('alert_rules') }}

),

assumptions as (

    select * from {{ ref('assumptions') }}

),

resolved as (

    select
        rules.rule_id,
        rules.rule_kind,
        rules.severity,
        case rules.severity when 'critical' then 1 when 'warning' then 2 else 3 end as severity_rank,
        rules.scope,
        rules.channel_tag,
        case when rules.rule_kind = 'cost_anomaly' then 'USD' else 'share' end as unit,
        coalesce(rules.threshold_value, assumptions.value) as threshold_value
    from rules
    left join assumptions on rules.threshold_name = assumptions.name
    where rules.is_on

)

select * from resolved
