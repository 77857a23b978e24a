{# one row per raw customer record, with the first reason for which it cannot be used, or null #}

with raw_customers as (

    select * from {{ ref('stg_raw__customers') }}

),

landed_customers as (

    select * from {{ ref('stg_customers__customers') }}

),

{# At most one of the two has rows: the source customers takes the place of the raw file. #}
customers as (

    select * from raw_customers
    union all
    select * from landed_customers

),

ranked as (

    select
        *,
        row_number() over (partition by customer_id order by signup_date nulls last, raw_record) as record_rank
    from customers

),

validated as (

    select
        *,
        case
            when line_problem is not null then line_problem
            when customer_id is null or customer_id = '' then 'customer_id_missing'
            when record_rank > 1 then 'customer_id_duplicate'
            when monthly_fee_usd is null then 'monthly_fee_malformed'
            when monthly_fee_usd < 0 then 'monthly_fee_negative'
            when signup_date is null then 'signup_date_missing'
            when churned_date < signup_date then 'churned_before_signup'
        end as rejection_reason
    from ranked

)

select * from validated
