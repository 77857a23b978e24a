{# one row per raw customer record #}

with customers as (

    select * from {{ source('raw', 'customers') }}

),

typed as (

    select
        customer_id,
        customer_name,
        organization_id,
        subscription_tier,
        try_cast(monthly_fee as decimal(18, 2)) as monthly_fee_usd,
        usage_archetype,
        try_cast(signup_date as date) as signup_date,
        try_cast(churned_date as date) as churned_date,
        region,
        'customers.parquet' as file_name,
        cast(null as bigint) as line_number,
        cast(null as string) as line_problem,
        cast(monthly_fee as string) as raw_monthly_fee,
        cast(signup_date as string) as raw_signup_date,
        cast(churned_date as string) as raw_churned_date,
        {{ json_record({
            'customer_id': 'customer_id', 'customer_name': 'customer_name', 'organization_id': 'organization_id',
            'subscription_tier': 'subscription_tier', 'monthly_fee': 'monthly_fee', 'usage_archetype': 'usage_archetype',
            'signup_date': 'signup_date', 'churned_date': 'churned_date', 'region': 'region'
        }) }} as raw_record
    from customers

)

select * from typed
