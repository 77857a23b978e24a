{# one row per alert rule x subject x period that holds now #}

with rules as (

    select * from {{ ref('alert_rules') }}

),

assumptions as (

    select * from {{ ref('assumptions') }}

),

measures as (

    select * from {{ ref('fct_alert_measures') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

limits as (

    select
        rules.*,
        coalesce(rules.threshold_value, assumptions.value) as limit_value,
        amounts.value as at_risk_from_usd,
        case rules.severity when 'critical' then 1 when 'warning' then 2 else 3 end as severity_rank
    from rules
    left join assumptions on rules.threshold_name = assumptions.name
    left join assumptions as amounts on rules.at_risk_from_name = amounts.name
    where rules.is_on

),

{# Cost without revenue is no share of it, and below every floor. #}
held as (

    select
        {{ alert_id('limits.rule_id', 'measures.subject_type', 'measures.period_start_date', 'measures.subject_id') }} as alert_id,
        limits.rule_id,
        measures.measure,
        limits.severity,
        limits.channel_tag,
        measures.subject_type,
        measures.subject_id,
        measures.subject_name,
        measures.period_start_date,
        measures.period_end_date,
        as_of.as_of_date,
        measures.unit,
        measures.value as observed_value,
        limits.comparison,
        limits.limit_value as threshold_value,
        measures.prior_value,
        measures.amount_usd,
        {# Of two rules as severe as each other the one whose limit lies further says more. #}
        row_number() over (
            partition by measures.measure, measures.subject_type, measures.subject_id, measures.period_start_date
            order by
                limits.severity_rank asc,
                case when limits.comparison = 'below' then -limits.limit_value else limits.limit_value end desc,
                limits.rule_id asc
        ) > 1 as is_superseded,
        measures.facts,
        measures.source_mart,
        measures.source_keys,
        measures.money_at_risk_usd,
        {{ money_of_double('limits.at_risk_from_usd') }} as at_risk_from_usd
    from measures
    cross join as_of
    inner join limits
        on
            measures.measure = limits.measure
            and coalesce(limits.subject_type, measures.subject_type) = measures.subject_type
            and case limits.comparison
                when 'at least' then measures.value >= limits.limit_value
                when 'above' then measures.value > limits.limit_value
                when 'below' then coalesce(measures.value < limits.limit_value, measures.amount_usd < 0)
            end
            and coalesce(cast(measures.money_at_risk_usd as double) >= limits.at_risk_from_usd, true)

)

select * from held
