{# one row per subscription tier: at how many calls a month its list fee is used up #}

{% set month = days_of_mean_month() ~ ' / 30' %}

with tiers as (

    select * from {{ ref('subscription_tiers') }}

),

margins as (

    select * from {{ ref('rpt_customer_margins') }}

),

{# Customers who were there all 30 days and all of whose calls have a cost: what a call costs is theirs as much as the tier's. #}
served as (

    select
        subscription_tier,
        calls,
        cost_to_serve_usd,
        cast(calls as double) * {{ month }} as monthly_calls,
        {{ ratio('cost_to_serve_usd', 'calls') }} as cost_per_call
    from margins
    where subscribed_days = 30 and calls > 0 and uncosted_calls = 0

),

measured as (

    select
        subscription_tier,
        count(*) as customers,
        {{ ratio('sum(cost_to_serve_usd)', 'sum(calls)') }} as cost_per_call,
        {{ percentile('cost_per_call', 0.1) }} as low_cost_per_call,
        {{ percentile('cost_per_call', 0.9) }} as high_cost_per_call,
        {{ percentile('monthly_calls', 0.5) }} as median_monthly_calls
    from served
    group by subscription_tier

),

break_evens as (

    select
        tiers.subscription_tier,
        tiers.monthly_fee_usd,
        coalesce(measured.customers, 0) as customers,
        measured.cost_per_call,
        measured.median_monthly_calls,
        floor(round({{ ratio('tiers.monthly_fee_usd', 'measured.cost_per_call') }}, 6)) as break_even_calls,
        floor(round({{ ratio('tiers.monthly_fee_usd', 'measured.high_cost_per_call') }}, 6)) as lower_break_even_calls,
        floor(round({{ ratio('tiers.monthly_fee_usd', 'measured.low_cost_per_call') }}, 6)) as upper_break_even_calls
    from tiers
    left join measured on tiers.subscription_tier = measured.subscription_tier

),

beyond as (

    select
        served.subscription_tier,
        count(*) as customers_beyond
    from served
    inner join break_evens on served.subscription_tier = break_evens.subscription_tier and served.monthly_calls > break_evens.break_even_calls
    group by served.subscription_tier

),

final as (

    select
        break_evens.subscription_tier,
        {{ money('break_evens.monthly_fee_usd') }} as monthly_fee_usd,
        cast(break_evens.customers as bigint) as customers,
        {{ money_of_double('break_evens.cost_per_call') }} as cost_per_call_usd,
        cast(break_evens.break_even_calls as bigint) as break_even_calls,
        cast(break_evens.lower_break_even_calls as bigint) as lower_break_even_calls,
        cast(break_evens.upper_break_even_calls as bigint) as upper_break_even_calls,
        cast(round(break_evens.median_monthly_calls) as bigint) as median_calls,
        cast(coalesce(beyond.customers_beyond, 0) as bigint) as customers_beyond,
        {{ ratio('coalesce(beyond.customers_beyond, 0)', 'break_evens.customers') }} as customers_beyond_share
    from break_evens
    left join beyond on break_evens.subscription_tier = beyond.subscription_tier

)

select * from final
