{# one row per alert rule x subject x period that holds now #}

with rules as (

    select * from {{ ref('int_alert_rules') }}

),

budgets_alerted as (

    select * from {{ ref('int_budgets_alerted') }}

),

cost_shares_alerted as (

    select * from {{ ref('int_cost_shares_alerted') }}

),

anomalies_alerted as (

    select * from {{ ref('int_anomalies_alerted') }}

),

margins_alerted as (

    select * from {{ ref('int_margins_alerted') }}

),

portfolio_risks_alerted as (

    select * from {{ ref('int_portfolio_risks_alerted') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

alerted as (

    select * from budgets_alerted
    union all
    select * from cost_shares_alerted
    union all
    select * from anomalies_alerted
    union all
    select * from margins_alerted
    union all
    select * from portfolio_risks_alerted

),

judged as (

    select
        {{ alert_id('alerted.rule_id', 'alerted.subject_type', 'alerted.period_start_date', 'alerted.subject_id') }} as alert_id,
        alerted.rule_id,
        rules.rule_kind,
        rules.severity,
        rules.channel_tag,
        alerted.subject_type,
        alerted.subject_id,
        coalesce(alerted.subject_name, alerted.subject_id) as subject_name,
        alerted.period_start_date,
        alerted.period_end_date,
        as_of.as_of_date,
        rules.unit,
        alerted.observed_value,
        rules.threshold_value,
        alerted.prior_value,
        alerted.amount_usd,
        alerted.message,
        {# Two rules as severe as each other are two alerts. #}
        rules.severity_rank > min(rules.severity_rank) over (
            partition by rules.rule_kind, alerted.subject_type, alerted.subject_id, alerted.period_start_date
        ) as is_superseded,
        alerted.source_mart,
        alerted.source_query
    from alerted
    inner join rules on alerted.rule_id = rules.rule_id
    cross join as_of

)

select * from judged
