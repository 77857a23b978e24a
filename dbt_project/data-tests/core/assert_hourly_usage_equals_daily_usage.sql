{# The hourly series on which commitments are judged holds the same calls, tokens and cost as the daily fact. #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

usage_hourly as (

    select * from {{ ref('int_usage_hourly') }}

),

daily as (

    select
        usage_date,
        provider,
        model,
        sum(calls) as calls,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(list_cost_usd) as list_cost_usd,
        sum(effective_cost_usd) as effective_cost_usd,
        sum(billed_cost_usd) as billed_cost_usd
    from usage_daily
    group by usage_date, provider, model

),

hourly as (

    select
        usage_date,
        provider,
        model,
        sum(calls) as calls,
        sum(input_tokens) as input_tokens,
        sum(output_tokens) as output_tokens,
        sum(list_cost_usd) as list_cost_usd,
        sum(effective_cost_usd) as effective_cost_usd,
        sum(billed_cost_usd) as billed_cost_usd
    from usage_hourly
    group by usage_date, provider, model

),

compared as (

    select daily.usage_date
    from daily
    full outer join hourly
        on daily.usage_date = hourly.usage_date and daily.provider = hourly.provider and daily.model = hourly.model
    where
        coalesce(daily.calls, 0) <> coalesce(hourly.calls, 0)
        or coalesce(daily.input_tokens, 0) <> coalesce(hourly.input_tokens, 0)
        or coalesce(daily.output_tokens, 0) <> coalesce(hourly.output_tokens, 0)
        or coalesce(daily.list_cost_usd, -1) <> coalesce(hourly.list_cost_usd, -1)
        or coalesce(daily.effective_cost_usd, -1) <> coalesce(hourly.effective_cost_usd, -1)
        or coalesce(daily.billed_cost_usd, -1) <> coalesce(hourly.billed_cost_usd, -1)

)

select * from compared
