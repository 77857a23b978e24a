{# one row per record of the customer files, in the columns of stg_raw__customers, nothing judged yet #}

with customers as (

    select * from {{ source('customers', 'customers') }}

),

typed as (

    select
        customer_id,
        customer_name,
        organization_id,
        subscription_tier,
        try_cast(monthly_fee as decimal(18, 2)) as monthly_fee_usd,
        usage_archetype,
        cast(try_cast(signup_date as timestamp) as date) as signup_date,
        cast(try_cast(churned_date as timestamp) as date) as churned_date,
        region,
        file_name,
        cast(line_number as bigint) as line_number,
        line_problem,
        monthly_fee as raw_monthly_fee,
        signup_date as raw_signup_date,
        churned_date as raw_churned_date,
        raw_record
    from customers

)

select * from typed
