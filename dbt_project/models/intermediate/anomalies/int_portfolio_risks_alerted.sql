{# one row per rule of kind portfolio_risk x measure (revenue, spend) that it holds for, in the month of the as-of date #}

with risks as (

    select * from {{ ref('rpt_portfolio_risk') }}

),

rules as (

    select * from {{ ref('int_alert_rules') }}

),

held as (

    select
        rules.rule_id,
        'portfolio' as subject_type,
        risks.measure as subject_id,
        case risks.measure when 'revenue' then 'Revenue at risk' else 'Spend at risk' end as subject_name,
        cast(date_trunc('month', risks.as_of_date) as date) as period_start_date,
        last_day(risks.as_of_date) as period_end_date,
        risks.at_risk_share as observed_value,
        risks.prior_at_risk_share as prior_value,
        risks.at_risk_usd as amount_usd,
        {{ percent_text('risks.at_risk_share') }}
        || case risks.measure when 'revenue' then ' of the revenue (' else ' of the cost (' end
        || {{ usd_text('risks.at_risk_usd') }} || ' of ' || {{ usd_text('risks.total_usd') }} || ' in the 30 days to '
        || cast(risks.as_of_date as string) || ') belongs to ' || cast(risks.customers_at_risk as string)
        || ' customers who cost more than they pay; '
        || coalesce(
            'in the 30 days before it was ' || {{ percent_text('risks.prior_at_risk_share') }} || ': ' || risks.trend || '.',
            'what it was in the 30 days before is not known.'
        ) as message,
        'anomalies.rpt_portfolio_risk' as source_mart,
        'select * from anomalies.rpt_portfolio_risk where measure = ' || {{ quoted_text('risks.measure') }} || ';' as source_query
    from risks
    inner join rules on rules.rule_kind = 'portfolio_risk' and risks.measure = rules.scope and risks.at_risk_share >= rules.threshold_value

)

select * from held
