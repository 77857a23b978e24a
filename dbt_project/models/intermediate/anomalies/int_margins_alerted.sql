{# one row per rule of kind margin_below_floor x customer, organization or portfolio that it holds for, in the month of the as-of date #}

with margins as (

    select * from {{ ref('rpt_customer_margins') }}

),

rules as (

    select * from {{ ref('int_alert_rules') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

subjects as (

    select
        'customer' as subject_type,
        customer_id as subject_id,
        customer_name as subject_name,
        {{ name_text('customer_name', 'customer_id') }} as told_name,
        ' where customer_id = ' || {{ quoted_text('customer_id') }} as condition,
        *
    from margins
    where has_activity
    union all
    select
        'organization' as subject_type,
        organization_id as subject_id,
        organization_id as subject_name,
        'Organization ' || {{ name_text('organization_id', 'organization_id') }} as told_name,
        ' where organization_id = ' || {{ quoted_text('organization_id') }} as condition,
        *
    from margins
    where has_activity
    union all
    select
        'portfolio' as subject_type,
        'portfolio' as subject_id,
        'All customers' as subject_name,
        'All customers together' as told_name,
        '' as condition,
        *
    from margins
    where has_activity

),

summed as (

    select
        subject_type,
        subject_id,
        max(subject_name) as subject_name,
        max(told_name) as told_name,
        max(condition) as condition,
        count(*) as customers,
        {{ money('sum(revenue_usd)') }} as revenue_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_usd,
        {{ ratio('sum(gross_margin_usd)', 'sum(revenue_usd)') }} as margin_share,
        {{ ratio('sum(prior_gross_margin_usd)', 'sum(prior_revenue_usd)') }} as prior_margin_share
    from subjects
    group by subject_type, subject_id

),

{# Multiplied, not divided: who pays nothing and costs something lies below every floor. An organization of one customer
   is that customer, of whom the rules for customers speak, unless it pays nothing: no share of revenue is too high then. #}
held as (

    select
        rules.rule_id,
        summed.subject_type,
        summed.subject_id,
        summed.subject_name,
        cast(date_trunc('month', as_of.as_of_date) as date) as period_start_date,
        last_day(as_of.as_of_date) as period_end_date,
        summed.margin_share as observed_value,
        summed.prior_margin_share as prior_value,
        {{ money('summed.revenue_usd - summed.cost_usd') }} as amount_usd,
        summed.told_name || ' paid ' || {{ usd_text('summed.revenue_usd') }} || ' and cost ' || {{ usd_text('summed.cost_usd') }}
        || ' in the 30 days to ' || cast(as_of.as_of_date as string) || ': '
        || coalesce('a margin of ' || {{ percent_text('summed.margin_share') }}, 'nothing but cost') || ' where at least '
        || {{ percent_text('rules.threshold_value') }} || ' is wanted.' as message,
        'margin.rpt_customer_margins' as source_mart,
        'select * from margin.rpt_customer_margins' || summed.condition || ';' as source_query
    from summed
    cross join as_of
    inner join rules
        on
            rules.rule_kind = 'margin_below_floor'
            and summed.subject_type = rules.scope
            and (summed.subject_type <> 'organization' or summed.customers > 1 or summed.revenue_usd = 0)
            and summed.revenue_usd - summed.cost_usd < summed.revenue_usd * rules.threshold_value

)

select * from held
