{# one row per raw customer record, with the first reason for which it cannot be used, or null. A record is a plan and its
   fee from the signup date to the day before the churn date; a customer may have several. #}

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

judged as (

    select
        *,
        signup_date < coalesce(churned_date, cast('9999-12-31' as date)) as has_days,
        case
            when line_problem is not null then line_problem
            when customer_id is null or trim(customer_id) = '' then 'customer_id_missing'
            when {{ is_reserved_id('customer_id') }} then 'customer_id_reserved'
            when monthly_fee_usd is null and raw_monthly_fee is null then 'monthly_fee_missing'
            when monthly_fee_usd is null then 'monthly_fee_malformed'
            when monthly_fee_usd < 0 then 'monthly_fee_negative'
            when signup_date is null and raw_signup_date is null then 'signup_date_missing'
            when signup_date is null then 'signup_date_malformed'
            when churned_date is null and raw_churned_date is not null then 'churned_date_malformed'
            when churned_date < signup_date then 'churned_before_signup'
        end as own_fault
    from customers

),

{# The same plan, fee and days twice is one record: the second says nothing new. #}
ranked as (

    select
        *,
        row_number() over (
            partition by own_fault is null, customer_id, subscription_tier, monthly_fee_usd, signup_date, churned_date
            order by file_name, line_number, raw_record
        ) as record_rank
    from judged

),

{# A customer whose plan changed has a record for each plan, one after the other. Where two hold on one day, nobody can say
   what was paid on it: none of the customer's records is used. #}
followed as (

    select
        *,
        max(case when own_fault is null and record_rank = 1 and has_days then coalesce(churned_date, cast('9999-12-31' as date)) end) over (
            partition by customer_id order by signup_date, churned_date nulls last, raw_record
            rows between unbounded preceding and 1 preceding
        ) > signup_date as begins_in_another
    from ranked

),

validated as (

    select
        *,
        case
            when own_fault is not null then own_fault
            when record_rank > 1 then 'customer_id_duplicate'
            when
                bool_or(begins_in_another and own_fault is null and record_rank = 1 and has_days) over (partition by customer_id)
                then 'customer_periods_overlap'
        end as rejection_reason
    from followed

)

select * from validated
