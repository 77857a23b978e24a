{# one row per active customer with revenue: what it costs against what it pays, over 30 days, this month and lately #}

with customer_days as (

    select * from {{ ref('int_customer_usage_daily') }}

),

anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

today as (

    select
        as_of.as_of_date,
        as_of.window_start_date,
        as_of.as_of_date - 27 as four_weeks_start_date,
        as_of.as_of_date - cast({{ assumption('tier_outgrown_recent_days') }} as integer) + 1 as recent_start_date,
        as_of.as_of_date - cast({{ assumption('tier_outgrown_lookback_days') }} as integer) + 1 as lookback_start_date,
        cast({{ assumption('tier_outgrown_earlier_days') }} as integer) as earlier_length,
        dates.month_start_date,
        {{ days_between('as_of.as_of_date', 'dates.month_end_date') }} as days_remaining
    from as_of
    inner join dates on as_of.as_of_date = dates.date_day

),

{# Growth is judged without abnormal days: a spike of last week is not a new level. #}
dated as (

    select
        customer_days.customer_id,
        customers.customer_name,
        customer_days.usage_date,
        customer_days.effective_cost_usd,
        customer_days.revenue_usd,
        customer_days.equal_day_revenue_usd,
        anomalies.usage_date is not null as is_anomaly,
        today.*,
        min(customer_days.usage_date) over (partition by customer_days.customer_id) as first_date
    from customer_days
    inner join customers on customer_days.customer_id = customers.customer_id and customers.is_active
    cross join today
    left join anomalies on customer_days.customer_id = anomalies.customer_id and customer_days.usage_date = anomalies.usage_date
    where customer_days.revenue_usd is not null and customer_days.usage_date >= today.lookback_start_date

),

told_apart as (

    select
        *,
        usage_date >= recent_start_date and not is_anomaly as is_recent,
        usage_date < least(first_date + earlier_length, recent_start_date) and not is_anomaly as is_earlier
    from dated

),

levels as (

    select
        customer_id,
        max(customer_name) as customer_name,
        max(days_remaining) as days_remaining,
        {{ money('sum(equal_day_revenue_usd) filter (where usage_date >= window_start_date)') }} as revenue_usd,
        {{ money('sum(effective_cost_usd) filter (where usage_date >= window_start_date)') }} as cost_usd,
        {{ money('coalesce(sum(revenue_usd) filter (where usage_date >= month_start_date), 0)') }} as month_revenue_usd,
        {{ money('coalesce(sum(effective_cost_usd) filter (where usage_date >= month_start_date), 0)') }} as month_cost_usd,
        {{ money_of_double(ratio(
            'sum(effective_cost_usd) filter (where usage_date >= four_weeks_start_date)',
            'count(*) filter (where usage_date >= four_weeks_start_date)'
        )) }} as cost_per_day_usd,
        {{ money_of_double(ratio('sum(effective_cost_usd) filter (where is_recent)', 'count(*) filter (where is_recent)')) }} as recent_cost_per_day_usd,
        {{ money_of_double(ratio('sum(equal_day_revenue_usd) filter (where is_recent)', 'count(*) filter (where is_recent)')) }} as recent_revenue_per_day_usd,
        {{ money_of_double(ratio('sum(effective_cost_usd) filter (where is_earlier)', 'count(*) filter (where is_earlier)')) }} as earlier_cost_per_day_usd,
        cast(count(*) filter (where is_earlier) as integer) as earlier_days
    from told_apart
    group by customer_id

),

{# Heading for: what the month has cost, and the mean day of the last four weeks for each day that is left. #}
final as (

    select
        *,
        {{ ratio('cost_usd', 'revenue_usd') }} as cost_share_of_revenue,
        {{ money('month_cost_usd + days_remaining * coalesce(cost_per_day_usd, 0)') }} as projected_month_cost_usd,
        {{ ratio('recent_cost_per_day_usd', 'recent_revenue_per_day_usd') }} as recent_cost_share_of_revenue,
        {{ ratio('recent_cost_per_day_usd', 'earlier_cost_per_day_usd') }} as growth_ratio
    from levels

)

select * from final
