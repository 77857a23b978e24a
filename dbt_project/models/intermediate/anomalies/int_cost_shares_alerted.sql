{# one row per rule of kind cost_share_of_revenue x customer that it holds for, in the month of the as-of date #}

with levels as (

    select * from {{ ref('int_customer_cost_levels') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

rules as (

    select * from {{ ref('int_alert_rules') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Heading for: what the month has cost, and the mean day of the last four weeks for each day that is left. #}
measured as (

    select
        levels.*,
        {{ ratio('levels.cost_usd', 'levels.revenue_usd') }} as cost_share_of_revenue,
        {{ money('levels.month_cost_usd + levels.days_remaining * coalesce(levels.cost_per_day_usd, 0)') }} as projected_month_cost_usd
    from levels

),

held as (

    select
        rules.rule_id,
        'customer' as subject_type,
        measured.customer_id as subject_id,
        customers.customer_name as subject_name,
        cast(date_trunc('month', as_of.as_of_date) as date) as period_start_date,
        last_day(as_of.as_of_date) as period_end_date,
        measured.cost_share_of_revenue as observed_value,
        cast(null as double) as prior_value,
        measured.cost_usd as amount_usd,
        {{ name_text('customers.customer_name', 'measured.customer_id') }} || ' costs ' || {{ percent_text('measured.cost_share_of_revenue') }}
        || ' of what it pays: ' || {{ usd_text('measured.cost_usd') }} || ' of ' || {{ usd_text('measured.revenue_usd') }}
        || ' in the 30 days to ' || cast(as_of.as_of_date as string)
        || case
            when measured.days_remaining > 0
                then
                    '; this month heads for ' || {{ usd_text('measured.projected_month_cost_usd') }}
                    || ', days left: ' || cast(measured.days_remaining as string)
            else ''
        end || '.' as message,
        'intermediate.int_customer_cost_levels' as source_mart,
        'select * from intermediate.int_customer_cost_levels where customer_id = ' || {{ quoted_text('measured.customer_id') }} || ';' as source_query
    from measured
    cross join as_of
    inner join rules on rules.rule_kind = 'cost_share_of_revenue' and measured.cost_share_of_revenue >= rules.threshold_value
    left join customers on measured.customer_id = customers.customer_id

)

select * from held
