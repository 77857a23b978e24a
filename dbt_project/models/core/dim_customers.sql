{# one row per customer: those on record, and those that only calls name #}

with customers as (

    select * from {{ ref('int_customers_validated') }}

),

contracts as (

    select * from {{ ref('customer_contracts') }}

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

{# Of a customer's plans the one that it is on, else the last that it was on, else the first that it will be on. #}
plans as (

    select
        customers.*,
        row_number() over (
            partition by customers.customer_id
            order by
                customers.signup_date > as_of.as_of_date asc,
                case when customers.signup_date <= as_of.as_of_date then customers.signup_date end desc,
                customers.signup_date asc,
                customers.churned_date desc nulls first
        ) as plan_rank
    from customers
    cross join as_of
    where customers.rejection_reason is null

),

{# Who is on a plan without an end has not left, whatever plan ended before. #}
subscriptions as (

    select
        plans.customer_id,
        min(plans.signup_date) as signup_date,
        case when count(plans.churned_date) = count(*) then max(plans.churned_date) end as churned_date,
        bool_or(
            plans.signup_date <= as_of.as_of_date and (plans.churned_date is null or plans.churned_date > as_of.as_of_date)
        ) as is_active
    from plans
    cross join as_of
    group by plans.customer_id

),

on_record as (

    select
        plans.customer_id,
        plans.customer_name,
        plans.organization_id,
        coalesce(contracts.subscription_tier, plans.subscription_tier) as subscription_tier,
        coalesce(contracts.monthly_fee_usd, plans.monthly_fee_usd) as monthly_fee_usd,
        plans.usage_archetype,
        plans.region,
        subscriptions.signup_date,
        subscriptions.churned_date,
        subscriptions.is_active
    from plans
    inner join subscriptions on plans.customer_id = subscriptions.customer_id
    cross join as_of
    left join contracts
        on
            plans.customer_id = contracts.customer_id
            and contracts.valid_from <= as_of.as_of_date
            and (contracts.valid_to is null or as_of.as_of_date < contracts.valid_to)
    where plans.plan_rank = 1

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
        on_record.is_active,
        usage_span.first_usage_date,
        usage_span.last_usage_date
    from on_record
    full outer join usage_span on on_record.customer_id = usage_span.customer_id

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
