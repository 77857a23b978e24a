{# one row per task type x provider x model with measured latencies or timeouts, trailing 30 days: percentiles from the bucket counts #}

with latency_buckets as (

    select * from {{ ref('int_latency_buckets_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

counted as (

    select
        latency_buckets.task_type,
        latency_buckets.provider,
        latency_buckets.model,
        latency_buckets.latency_bucket,
        cast(sum(latency_buckets.calls) as bigint) as calls,
        min(latency_buckets.min_latency_ms) as min_latency_ms,
        max(latency_buckets.max_latency_ms) as max_latency_ms
    from latency_buckets
    inner join as_of on latency_buckets.usage_date between as_of.window_start_date and as_of.as_of_date
    where latency_buckets.latency_bucket is not null
    group by all

),

longest_days as (

    select
        latency_buckets.task_type,
        latency_buckets.provider,
        latency_buckets.model,
        latency_buckets.calls,
        latency_buckets.timeout_calls,
        latency_buckets.longest_timeout_calls,
        latency_buckets.max_latency_ms,
        max(latency_buckets.max_latency_ms) over (partition by latency_buckets.task_type, latency_buckets.provider, latency_buckets.model)
            as longest_latency_ms
    from latency_buckets
    inner join as_of on latency_buckets.usage_date between as_of.window_start_date and as_of.as_of_date
    where latency_buckets.latency_bucket is null

),

{# The longest wait of a few calls is chance; that of many is a limit: it ended those that timed out, and is the longest that was recorded of the others. #}
at_the_limit as (

    select
        task_type,
        provider,
        model,
        max(longest_latency_ms) as longest_latency_ms,
        cast(sum(timeout_calls) as bigint) as timeout_calls,
        cast(sum(case when max_latency_ms * 100 >= longest_latency_ms * 99 then calls else 0 end) as bigint) as longest_calls,
        cast(sum(case when max_latency_ms * 100 >= longest_latency_ms * 99 then longest_timeout_calls else 0 end) as bigint) as longest_timeout_calls
    from longest_days
    group by task_type, provider, model

),

cumulated as (

    select
        *,
        cast(sum(calls) over (partition by task_type, provider, model) as bigint) as total_calls,
        cast(sum(calls) over (partition by task_type, provider, model order by latency_bucket rows between unbounded preceding and current row) as bigint)
            as calls_up_to
    from counted

),

{# The percentile lies in the first bucket that reaches its rank; the calls of a bucket count as spread evenly from the least to the greatest of them. #}
percentiles as (

    select
        task_type,
        provider,
        model,
        max(total_calls) as latency_measured_calls,
        {{ percentile_in_buckets(0.50) }} as latency_p50_ms,
        {{ percentile_in_buckets(0.95) }} as latency_p95_ms,
        {{ percentile_in_buckets(0.99) }} as latency_p99_ms
    from cumulated
    group by task_type, provider, model

),

final as (

    select
        at_the_limit.task_type,
        at_the_limit.provider,
        at_the_limit.model,
        percentiles.latency_measured_calls,
        percentiles.latency_p50_ms,
        percentiles.latency_p95_ms,
        percentiles.latency_p99_ms,
        at_the_limit.longest_latency_ms,
        at_the_limit.timeout_calls,
        case when at_the_limit.longest_calls >= {{ assumption('latency_limit_calls_from') }} then at_the_limit.longest_calls else 0 end as at_limit_calls,
        case
            when at_the_limit.longest_calls >= {{ assumption('latency_limit_calls_from') }} then at_the_limit.longest_timeout_calls else 0
        end as at_limit_timeout_calls
    from at_the_limit
    left join percentiles
        on
            at_the_limit.task_type = percentiles.task_type
            and at_the_limit.provider = percentiles.provider
            and at_the_limit.model = percentiles.model

)

select * from final
