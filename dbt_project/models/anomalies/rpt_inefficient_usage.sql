{# one row per customer x product x feature x task type x premium model that did trivial work in the trailing 30 days #}

with premium_usage as (

    select * from {{ ref('int_premium_usage_repriced') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

final as (

    select
        premium_usage.customer_id,
        customers.customer_name,
        premium_usage.product_id,
        premium_usage.feature_id,
        premium_usage.task_type,
        premium_usage.provider,
        premium_usage.model,
        premium_usage.first_usage_date,
        premium_usage.calls,
        premium_usage.cost_usd,
        {{ ratio('premium_usage.cost_usd', 'sum(premium_usage.cost_usd) over (partition by premium_usage.task_type)') }} as cost_share_of_premium_usage,
        premium_usage.suggested_provider,
        premium_usage.suggested_model,
        coalesce(premium_usage.suggestion_verdict, 'no cheaper model') as suggestion_verdict,
        premium_usage.cost_after_usd,
        premium_usage.monthly_savings_usd,
        premium_usage.monthly_savings_low_usd,
        premium_usage.monthly_savings_high_usd,
        premium_usage.quality_change
    from premium_usage
    left join customers on premium_usage.customer_id = customers.customer_id

)

select * from final
