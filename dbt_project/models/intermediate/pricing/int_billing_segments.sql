{# one row per customer x billing period x unbroken run of days of one calendar month on one tier, with or without a contract of its own, and one
   for its days without subscription; periods are each calendar month and the trailing 30 days #}

with margins_daily as (

    select * from {{ ref('fct_customer_margins_daily') }}

),

credits_daily as (

    select * from {{ ref('int_credits_daily') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

credits_by_customer as (

    select
        customer_id,
        usage_date,
        sum(billable_credits) as billable_credits
    from credits_daily
    group by customer_id, usage_date

),

dated as (

    select
        margins_daily.*,
        credits_by_customer.billable_credits,
        dates.month_start_date,
        dates.days_in_month,
        dates.day_of_month,
        as_of.window_start_date,
        case
            when margins_daily.is_subscribed
                then dates.day_of_month - row_number() over (
                    partition by
                        margins_daily.customer_id, margins_daily.subscription_tier, margins_daily.is_negotiated,
                        margins_daily.is_subscribed, dates.month_start_date
                    order by dates.day_of_month
                )
        end as run_number
    from margins_daily
    inner join dates on margins_daily.usage_date = dates.date_day
    left join credits_by_customer
        on margins_daily.customer_id = credits_by_customer.customer_id and margins_daily.usage_date = credits_by_customer.usage_date
    cross join as_of
    where margins_daily.usage_date <= as_of.as_of_date

),

in_periods as (

    select
        'month' as billing_period_kind,
        dated.month_start_date as period_start_date,
        dated.revenue_usd as period_revenue_usd,
        dated.*
    from dated
    union all
    select
        'trailing_30_days' as billing_period_kind,
        dated.window_start_date as period_start_date,
        dated.equal_day_revenue_usd as period_revenue_usd,
        dated.*
    from dated
    where dated.usage_date >= dated.window_start_date

),

{# What is used outside the subscription (before signup, after leaving) costs, but no plan invoices it. #}
segments as (

    select
        customer_id,
        subscription_tier,
        is_negotiated,
        billing_period_kind,
        period_start_date,
        month_start_date,
        days_in_month,
        max(usage_date) as last_date,
        min(day_of_month) filter (where is_subscribed) as first_subscribed_day,
        max(day_of_month) filter (where is_subscribed) as last_subscribed_day,
        count(*) filter (where is_subscribed) as subscribed_days,
        cast(coalesce(sum(successful_calls) filter (where is_subscribed), 0) as bigint) as billable_calls,
        cast(coalesce(sum(successful_tokens) filter (where is_subscribed), 0) as bigint) as billable_tokens,
        cast(coalesce(sum(billable_credits) filter (where is_subscribed), 0) as decimal(28, 6)) as billable_credits,
        cast(sum(calls) as bigint) as calls,
        cast(sum(uncosted_calls) as bigint) as uncosted_calls,
        {{ money('sum(period_revenue_usd)') }} as revenue_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_to_serve_usd
    from in_periods
    group by
        customer_id, subscription_tier, is_negotiated, run_number, billing_period_kind, period_start_date, month_start_date, days_in_month

)

select * from segments
