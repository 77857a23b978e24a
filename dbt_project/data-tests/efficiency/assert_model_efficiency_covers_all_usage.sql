{# Every call, token and cent of the trailing 30 days stands in exactly one row of the comparison. #}

with efficiency as (

    select
        sum(calls) as calls,
        sum(input_tokens + output_tokens) as tokens,
        {{ money('coalesce(sum(effective_cost_usd), 0)') }} as effective_cost_usd
    from {{ ref('rpt_model_efficiency') }}

),

usage_daily as (

    select
        sum(usage_daily.calls) as calls,
        sum(usage_daily.input_tokens + usage_daily.output_tokens) as tokens,
        {{ money('coalesce(sum(usage_daily.effective_cost_usd), 0)') }} as effective_cost_usd
    from {{ ref('fct_usage_daily') }} as usage_daily
    inner join {{ ref('int_as_of_date') }} as as_of
        on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date

)

select
    efficiency.calls,
    usage_daily.calls as calls_used
from efficiency
cross join usage_daily
where
    efficiency.calls <> usage_daily.calls
    or efficiency.tokens <> usage_daily.tokens
    or efficiency.effective_cost_usd <> usage_daily.effective_cost_usd
