{# one row per known customer x UTC day on which it was subscribed, called or cost something #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with usage_borne as (

    select * from {{ ref('int_usage_borne_daily') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}
    where {{ is_changed_day('usage_date') }}

),

used as (

    select
        usage_date,
        customer_id,
        sum(calls) as calls,
        sum(calls - failed_calls) as successful_calls,
        sum(uncosted_calls) as uncosted_calls,
        sum(input_tokens + output_tokens) as tokens,
        sum(input_tokens + output_tokens - failed_tokens) as successful_tokens
    from usage_borne
    where is_allocated and {{ is_changed_day('usage_date') }}
    group by usage_date, customer_id

),

costs as (

    select
        usage_date,
        customer_id,
        {{ money("sum(allocated_cost_usd) filter (where is_direct)") }} as direct_cost_usd,
        {{ money("sum(allocated_cost_usd) filter (where not is_direct)") }} as shared_cost_usd
    from allocated_costs
    where is_allocated and {{ is_changed_day('usage_date') }}
    group by usage_date, customer_id

),

{# Days with revenue and no call, and days with cost and no revenue (before signup, after leaving), both stay. #}
combined as (

    select
        coalesce(customer_days.usage_date, costs.usage_date, used.usage_date) as usage_date,
        coalesce(customer_days.customer_id, costs.customer_id, used.customer_id) as customer_id,
        customer_days.customer_id is not null as is_subscribed,
        customer_days.subscription_tier,
        coalesce(customer_days.is_negotiated, false) as is_negotiated,
        cast(coalesce(used.calls, 0) as bigint) as calls,
        cast(coalesce(used.successful_calls, 0) as bigint) as successful_calls,
        cast(coalesce(used.uncosted_calls, 0) as bigint) as uncosted_calls,
        cast(coalesce(used.tokens, 0) as bigint) as tokens,
        cast(coalesce(used.successful_tokens, 0) as bigint) as successful_tokens,
        coalesce(customer_days.revenue_usd, {{ money(0) }}) as revenue_usd,
        coalesce(customer_days.equal_day_revenue_usd, {{ money(0) }}) as equal_day_revenue_usd,
        coalesce(costs.direct_cost_usd, {{ money(0) }}) as direct_cost_usd,
        coalesce(costs.shared_cost_usd, {{ money(0) }}) as shared_cost_usd
    from customer_days
    full outer join costs
        on customer_days.usage_date = costs.usage_date and customer_days.customer_id = costs.customer_id
    full outer join used
        on
            coalesce(customer_days.usage_date, costs.usage_date) = used.usage_date
            and coalesce(customer_days.customer_id, costs.customer_id) = used.customer_id

),

final as (

    select
        combined.usage_date,
        combined.customer_id,
        coalesce(combined.subscription_tier, customers.subscription_tier) as subscription_tier,
        combined.is_subscribed,
        combined.calls,
        combined.successful_calls,
        combined.uncosted_calls,
        combined.tokens,
        combined.successful_tokens,
        combined.revenue_usd,
        combined.direct_cost_usd,
        combined.shared_cost_usd,
        {{ money('combined.direct_cost_usd + combined.shared_cost_usd') }} as cost_to_serve_usd,
        {{ margin_of('combined.revenue_usd', '(combined.direct_cost_usd + combined.shared_cost_usd)') }} as gross_margin_usd,
        combined.is_negotiated,
        combined.equal_day_revenue_usd,
        {{ margin_of('combined.equal_day_revenue_usd', '(combined.direct_cost_usd + combined.shared_cost_usd)') }} as equal_day_margin_usd
    from combined
    inner join customers on combined.customer_id = customers.customer_id

)

select * from final
