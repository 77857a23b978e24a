{# one row per customer: those on record, and those that only calls name #}

with customers as (

    select * from {{ ref('int_customers_validated') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

usage_span as (

    select
        customer_id,
        max(organization_id) as organization_id,
        max(region) as region,
        min(usage_date) as first_usage_date,
        max(usage_date) as last_usage_date
    from usage_daily
    group by customer_id

),

on_record as (

    select * from customers
    where rejection_reason is null

),

described as (

    select
        coalesce(on_record.customer_id, usage_span.customer_id) as customer_id,
        coalesce(on_record.customer_name, on_record.customer_id, usage_span.customer_id) as customer_name,
        coalesce(on_record.organization_id, usage_span.organization_id, 'unallocated') as organization_id,
        coalesce(on_record.subscription_tier, 'unknown') as subscription_tier,
        on_record.monthly_fee_usd,
        coalesce(on_record.usage_archetype, 'unknown') as usage_archetype,
        on_record.signup_date,
        on_record.churned_date,
        coalesce(on_record.region, usage_span.region, 'unknown') as region,
        on_record.customer_id is not null as is_known,
        on_record.signup_date <= as_of.as_of_date
        and (on_record.churned_date is null or on_record.churned_date > as_of.as_of_date) as is_active,
        usage_span.first_usage_date,
        usage_span.last_usage_date
    from on_record
    full outer join usage_span on on_record.customer_id = usage_span.customer_id
    cross join as_of

),

final as (

    select
        customer_id,
        customer_name,
        organization_id,
        subscription_tier,
        monthly_fee_usd,
        usage_archetype,
        signup_date,
        churned_date,
        region,
        is_known,
        coalesce(is_active, false) as is_active,
        first_usage_date,
        last_usage_date
    from described

)

select * from final
