{# one row per subscription tier, and one for all of them; the whole data period up to the as-of date #}

with customer_days as (

    select * from {{ ref('int_customer_days') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

subscription_tiers as (

    select * from {{ ref('subscription_tiers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

exposed as (

    select
        customer_days.subscription_tier,
        count(*) as customer_days,
        count(*) filter (where customer_days.usage_date = as_of.as_of_date) as active_customers
    from customer_days
    cross join as_of
    where customer_days.usage_date <= as_of.as_of_date
    group by customer_days.subscription_tier

),

{# Only those who left while they were observed: the same period that the customer days cover. #}
churned as (

    select
        customers.subscription_tier,
        count(*) as churned_customers
    from customers
    cross join as_of
    where
        customers.is_known
        and customers.churned_date > as_of.first_usage_date
        and customers.churned_date <= as_of.as_of_date
        and customers.churned_date > customers.signup_date
    group by customers.subscription_tier

),

tiers as (

    select subscription_tier from subscription_tiers
    union
    select subscription_tier from exposed

),

by_tier as (

    select
        tiers.subscription_tier,
        coalesce(exposed.active_customers, 0) as active_customers,
        coalesce(exposed.customer_days, 0) as customer_days,
        coalesce(churned.churned_customers, 0) as churned_customers
    from tiers
    left join exposed on tiers.subscription_tier = exposed.subscription_tier
    left join churned on tiers.subscription_tier = churned.subscription_tier

),

with_total as (

    select subscription_tier, active_customers, customer_days, churned_customers from by_tier
    union all
    select
        'all' as subscription_tier,
        sum(active_customers) as active_customers,
        sum(customer_days) as customer_days,
        sum(churned_customers) as churned_customers
    from by_tier

),

rated as (

    select
        with_total.subscription_tier,
        cast(with_total.active_customers as bigint) as active_customers,
        cast(with_total.customer_days as bigint) as customer_days,
        cast(with_total.customer_days as double) / 30 as customer_months,
        cast(with_total.churned_customers as bigint) as churned_customers,
        {{ ratio('30 * with_total.churned_customers', 'with_total.customer_days') }} as monthly_churn_rate,
        30 * {{ poisson_lower('with_total.churned_customers', assumption('churn_interval_z')) }}
        / nullif(cast(with_total.customer_days as double), 0) as monthly_churn_rate_low,
        30 * {{ poisson_upper('with_total.churned_customers', assumption('churn_interval_z')) }}
        / nullif(cast(with_total.customer_days as double), 0) as monthly_churn_rate_high,
        with_total.churned_customers < {{ assumption('churn_small_sample_below') }} as is_small_sample
    from with_total

)

select * from rated
