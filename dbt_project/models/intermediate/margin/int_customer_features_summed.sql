{# one row per customer x product x feature with calls in the trailing 30 days or the 30 days before; its part of the customer's revenue #}

with usage_borne as (

    select * from {{ ref('int_usage_borne_daily') }}

),

customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

summed as (

    select
        usage_borne.customer_id,
        usage_borne.product_id,
        usage_borne.feature_id,
        coalesce(sum(usage_borne.calls) filter (where usage_borne.usage_date >= as_of.window_start_date), 0) as calls,
        coalesce(sum(usage_borne.uncosted_calls) filter (where usage_borne.usage_date >= as_of.window_start_date), 0) as uncosted_calls,
        coalesce(sum(usage_borne.calls - usage_borne.failed_calls) filter (where usage_borne.usage_date >= as_of.window_start_date), 0) as successful_calls,
        coalesce(sum(usage_borne.calls - usage_borne.failed_calls) filter (where usage_borne.usage_date < as_of.window_start_date), 0) as prior_successful_calls,
        coalesce(sum(usage_borne.effective_cost_usd) filter (where usage_borne.usage_date >= as_of.window_start_date), 0) as call_cost_usd
    from usage_borne
    cross join as_of
    where usage_borne.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    group by all

),

with_revenue as (

    select
        summed.*,
        customer_margins.customer_id is not null as is_known_customer,
        customer_margins.revenue_usd,
        sum(summed.successful_calls) over (partition by summed.customer_id) as customer_calls,
        sum(summed.successful_calls) over (
            partition by summed.customer_id
            order by summed.product_id, summed.feature_id
            rows between unbounded preceding and current row
        ) as running_calls
    from summed
    left join customer_margins on summed.customer_id = customer_margins.customer_id

),

split as (

    select
        customer_id,
        product_id,
        feature_id,
        is_known_customer,
        cast(calls as bigint) as calls,
        cast(uncosted_calls as bigint) as uncosted_calls,
        cast(successful_calls as bigint) as successful_calls,
        cast(prior_successful_calls as bigint) as prior_successful_calls,
        {{ money('call_cost_usd') }} as call_cost_usd,
        {{ ratio('successful_calls', 'customer_calls') }} as call_share,
        case
            when not is_known_customer or customer_calls = 0 then {{ money(0) }}
            else {{ split_exactly('revenue_usd', 'running_calls', '(running_calls - successful_calls)', 'customer_calls') }}
        end as allocated_revenue_usd
    from with_revenue

)

select * from split
