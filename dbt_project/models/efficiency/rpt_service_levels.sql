{# one row per task type with a promised service level, trailing 30 days to the as-of date: what was promised and what was kept;
   a view, since nothing is promised until somebody fills the seed #}

{{ config(materialized=view_or_table()) }}

with service_levels as (

    select * from {{ ref('service_levels') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

latency_buckets as (

    select * from {{ ref('int_latency_buckets_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used as (

    select
        usage_daily.task_type,
        cast(sum(usage_daily.calls) as bigint) as calls,
        cast(sum(usage_daily.failed_calls) as bigint) as failed_calls
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by usage_daily.task_type

),

{# Only answers have a bucket: a call that failed after a second is not quick. #}
counted as (

    select
        latency_buckets.task_type,
        latency_buckets.latency_bucket,
        cast(sum(latency_buckets.calls) as bigint) as calls,
        min(latency_buckets.min_latency_ms) as min_latency_ms,
        max(latency_buckets.max_latency_ms) as max_latency_ms
    from latency_buckets
    inner join as_of on latency_buckets.usage_date between as_of.window_start_date and as_of.as_of_date
    where latency_buckets.latency_bucket is not null
    group by latency_buckets.task_type, latency_buckets.latency_bucket

),

cumulated as (

    select
        *,
        cast(sum(calls) over (partition by task_type) as bigint) as total_calls,
        cast(sum(calls) over (partition by task_type order by latency_bucket rows between unbounded preceding and current row) as bigint) as calls_up_to
    from counted

),

timed as (

    select
        task_type,
        max(total_calls) as latency_measured_calls,
        {{ percentile_in_buckets(0.95) }} as latency_p95_ms
    from cumulated
    group by task_type

),

compared as (

    select
        service_levels.task_type,
        used.calls,
        used.failed_calls,
        {{ ratio('used.calls - used.failed_calls', 'used.calls') }} as answered_share,
        service_levels.answered_share as answered_share_target,
        timed.latency_measured_calls,
        timed.latency_p95_ms,
        service_levels.latency_p95_ms as latency_p95_target_ms
    from service_levels
    left join used on service_levels.task_type = used.task_type
    left join timed on service_levels.task_type = timed.task_type

),

judged as (

    select
        *,
        answered_share >= answered_share_target as is_answered_kept,
        latency_p95_ms <= latency_p95_target_ms as is_latency_kept
    from compared

),

final as (

    select
        *,
        case
            when not is_answered_kept and not is_latency_kept then 'too slow, and too many unanswered'
            when not is_latency_kept then 'too slow'
            when not is_answered_kept then 'too many unanswered'
            when (answered_share_target is null or is_answered_kept) and (latency_p95_target_ms is null or is_latency_kept) then 'kept'
            else 'not measured'
        end as status
    from judged

)

select * from final
