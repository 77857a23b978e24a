{# one row per subscription tier (`all` is every tier) x month of a customer's life: who was there, who left in it, within the data #}

with customers as (

    select * from {{ ref('dim_customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

months as (

    {{ whole_numbers(1, 240) }}

),

{# A month of life is 30 days. It counts where the data shows all of it: whoever had left before is not in the list of customers. #}
lived as (

    select
        customers.subscription_tier,
        months.number as age_month,
        case
            when
                customers.churned_date > customers.signup_date + 30 * (months.number - 1)
                and customers.churned_date <= customers.signup_date + 30 * months.number
                then 1
            else 0
        end as has_left
    from customers
    cross join as_of
    inner join months
        on
            customers.signup_date + 30 * (months.number - 1) >= as_of.first_usage_date
            and customers.signup_date + 30 * months.number <= as_of.as_of_date
            and (customers.churned_date is null or customers.churned_date > customers.signup_date + 30 * (months.number - 1))
    where customers.is_known and customers.signup_date is not null

),

tiers as (

    select subscription_tier, age_month, has_left from lived
    union all
    select 'all' as subscription_tier, age_month, has_left from lived

),

summed as (

    select
        subscription_tier,
        age_month,
        cast(count(*) as bigint) as at_risk,
        cast(sum(has_left) as bigint) as departures
    from tiers
    group by subscription_tier, age_month

)

select * from summed
