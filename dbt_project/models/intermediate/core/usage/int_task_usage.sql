{# one row per task type x provider x model x service tier x whether it can be judged; the trailing 30 days #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Only rows whose every call has token counts and a cost can be compared; the others are counted, not judged. #}
used as (

    select
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        usage_daily.service_tier,
        usage_daily.calls_without_usage = 0 and usage_daily.uncosted_calls = 0 as is_judged,
        cast(sum(usage_daily.calls) as bigint) as calls,
        cast(sum(usage_daily.input_tokens) as bigint) as input_tokens,
        cast(sum(usage_daily.cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(usage_daily.cache_write_input_tokens) as bigint) as cache_write_input_tokens,
        cast(sum(usage_daily.output_tokens) as bigint) as output_tokens,
        {{ money('sum(usage_daily.effective_cost_usd)') }} as effective_cost_usd,
        cast(sum(usage_daily.quality_scored_calls) as bigint) as quality_scored_calls,
        cast(sum(usage_daily.quality_score_sum) as double) as quality_score_sum
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by all

)

select * from used
