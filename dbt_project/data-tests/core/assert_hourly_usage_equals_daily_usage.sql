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

    (select * from daily except select * from hourly)
    union all
    (select * from hourly except select * from daily)

)

select * from compared
