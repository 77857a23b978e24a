{# one row per customer on record x UTC day of the data on which it was subscribed, with the revenue of that day: the fee of its plan on
   that day, or of its contract, by the calendar and on equal days #}

with customers as (

    select * from {{ ref('int_customers_validated') }}

),

contracts as (

    select * from {{ ref('customer_contracts') }}

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
        coalesce(contracts.subscription_tier, customers.subscription_tier, 'unknown') as subscription_tier,
        coalesce(contracts.monthly_fee_usd, customers.monthly_fee_usd) as monthly_fee_usd,
        contracts.customer_id is not null as is_negotiated,
        dates.day_of_month,
        dates.days_in_month
    from customers
    cross join as_of
    inner join dates
        on
            dates.date_day >= customers.signup_date
            and dates.date_day < coalesce(customers.churned_date, as_of.last_usage_date + 1)
            and dates.date_day between as_of.first_usage_date and as_of.last_usage_date
    left join contracts
        on
            customers.customer_id = contracts.customer_id
            and dates.date_day >= contracts.valid_from
            and (contracts.valid_to is null or dates.date_day < contracts.valid_to)
    where customers.rejection_reason is null

),

accrued as (

    select
        customer_id,
        usage_date,
        subscription_tier,
        is_negotiated,
        {{ split_exactly('monthly_fee_usd', 'day_of_month', '(day_of_month - 1)', 'days_in_month') }} as revenue_usd,
        {{ fee_per_equal_day('monthly_fee_usd') }} as equal_day_revenue_usd
    from subscribed

)

select * from accrued
