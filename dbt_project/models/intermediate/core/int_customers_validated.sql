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

),

{# The last plan of a customer that can be used. #}
last_plans as (

    select
        customer_id,
        max(signup_date) as signup_date,
        max(coalesce(churned_date, cast('9999-12-31' as date))) as churned_date
    from validated
    where rejection_reason is null and has_days
    group by customer_id

),

{# What is refused of a customer and is newer. Where its own start or end cannot be read, it may be. #}
newer_refused as (

    select
        last_plans.customer_id,
        last_plans.signup_date,
        min(coalesce(validated.signup_date, last_plans.churned_date)) as first_date,
        max(
            case
                when validated.churned_date < validated.signup_date then cast('9999-12-31' as date)
                else coalesce(validated.churned_date, cast('9999-12-31' as date))
            end
        ) as end_date
    from validated
    inner join last_plans on validated.customer_id = last_plans.customer_id
    where
        validated.own_fault is not null
        and (
            validated.signup_date > last_plans.signup_date
            or (validated.signup_date is null and coalesce(validated.churned_date, cast('9999-12-31' as date)) >= last_plans.churned_date)
        )
    group by last_plans.customer_id, last_plans.signup_date

),

{# A customer whose newest plan cannot be read has not left: the plan before goes on in its place, if no pause lies between. #}
continued as (

    select
        validated.customer_id,
        validated.customer_name,
        validated.organization_id,
        validated.subscription_tier,
        validated.monthly_fee_usd,
        validated.usage_archetype,
        validated.signup_date,
        case
            when newer_refused.first_date <= validated.churned_date + 1
                then nullif(greatest(validated.churned_date, newer_refused.end_date), cast('9999-12-31' as date))
            else validated.churned_date
        end as churned_date,
        validated.region,
        validated.file_name,
        validated.line_number,
        validated.raw_record,
        newer_refused.customer_id is not null as is_newest_rejected,
        validated.rejection_reason
    from validated
    left join newer_refused
        on
            case when validated.has_days and validated.rejection_reason is null then validated.customer_id end = newer_refused.customer_id
            and validated.signup_date = newer_refused.signup_date

)

select * from continued
