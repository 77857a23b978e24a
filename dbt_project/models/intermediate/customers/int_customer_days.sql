{# one row per customer on record x UTC day of the data on which it was subscribed, with the revenue of that day #}

with customers as (

    select * from {{ ref('int_customers_validated') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

subscribed as (

    select
        customers.customer_id,
        dates.date_day as usage_date,
        customers.subscription_tier,
        customers.monthly_fee_usd,
        dates.day_of_month,
        dates.days_in_month
    from customers
    cross join as_of
    inner join dates
        on
            dates.date_day >= customers.signup_date
            and dates.date_day < coalesce(customers.churned_date, as_of.last_usage_date + 1)
            and dates.date_day between as_of.first_usage_date and as_of.last_usage_date
    where customers.rejection_reason is null

),

accrued as (

    select
        customer_id,
        usage_date,
        subscription_tier,
        {{ split_exactly('monthly_fee_usd', 'day_of_month', '(day_of_month - 1)', 'days_in_month') }} as revenue_usd
    from subscribed

)

select * from accrued
