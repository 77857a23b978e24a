{# one row per subscription tier, and one for all of them; the whole data period up to the as-of date #}

with churn_rates as (

    select * from {{ ref('int_churn_rates') }}

),

final as (

    select
        subscription_tier, active_customers, customer_days, customer_months, churned_customers, monthly_churn_rate, monthly_churn_rate_low,
        monthly_churn_rate_high, is_small_sample
    from churn_rates

)

select * from final
