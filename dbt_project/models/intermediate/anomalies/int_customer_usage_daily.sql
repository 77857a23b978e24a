{# one row per customer x UTC day on which it was subscribed or made calls; days without calls are there, too #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used as (

    select
        customer_id,
        usage_date,
        cast(sum(calls) as bigint) as calls,
        cast(sum(uncosted_calls) as bigint) as uncosted_calls,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from usage_daily
    group by customer_id, usage_date

),

all_days as (

    select
        coalesce(customer_days.customer_id, used.customer_id) as customer_id,
        coalesce(customer_days.usage_date, used.usage_date) as usage_date,
        coalesce(used.calls, 0) as calls,
        coalesce(used.uncosted_calls, 0) as uncosted_calls,
        coalesce(used.effective_cost_usd, {{ money(0) }}) as effective_cost_usd,
        customer_days.revenue_usd,
        customer_days.equal_day_revenue_usd
    from customer_days
    full outer join used on customer_days.customer_id = used.customer_id and customer_days.usage_date = used.usage_date

),

numbered as (

    select
        all_days.customer_id,
        all_days.usage_date,
        {{ days_between('as_of.first_usage_date', 'all_days.usage_date') }} as day_number,
        dates.is_weekend,
        all_days.calls,
        all_days.uncosted_calls,
        all_days.effective_cost_usd,
        all_days.revenue_usd,
        all_days.equal_day_revenue_usd
    from all_days
    inner join dates on all_days.usage_date = dates.date_day
    cross join as_of
    where all_days.usage_date <= as_of.as_of_date

)

select * from numbered
