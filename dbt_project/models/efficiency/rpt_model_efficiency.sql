{# one row per task type x provider x model, trailing 30 days to the as-of date #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

latencies as (

    select * from {{ ref('int_model_latencies') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

like_for_like as (

    select * from {{ ref('int_model_costs_like_for_like') }}

),

floors as (

    select * from {{ ref('task_quality_floors') }}

),

recommendations as (

    select * from {{ ref('rpt_model_recommendations') }}

),

switches as (

    select * from {{ ref('rpt_model_switch_savings') }}
    where is_recommended

),

lifts as (

    select * from {{ ref('int_quality_move_parts') }}
    where is_advised

),

used as (

    select
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        cast(sum(usage_daily.calls) as bigint) as calls,
        cast(sum(usage_daily.failed_calls) as bigint) as failed_calls,
        cast(sum(usage_daily.uncosted_calls) as bigint) as uncosted_calls,
        cast(sum(usage_daily.uncosted_tokens) as bigint) as uncosted_tokens,
        cast(sum(usage_daily.input_tokens) as bigint) as input_tokens,
        cast(sum(usage_daily.cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(usage_daily.output_tokens) as bigint) as output_tokens,
        {{ money('sum(usage_daily.effective_cost_usd)') }} as effective_cost_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by usage_daily.task_type, usage_daily.provider, usage_daily.model

),

measured as (

    select
        used.*,
        {{ money_of_double(ratio('used.effective_cost_usd', 'used.calls - used.uncosted_calls')) }} as cost_per_call_usd,
        {# The types leave room for the product: of one with more than 38 digits Spark keeps six decimals. #}
        {{ money_of_double(ratio('cast(used.effective_cost_usd as decimal(25, 12)) * cast(used.calls as decimal(12, 0))', '(used.calls - used.uncosted_calls) * (used.calls - used.failed_calls)')) }} as cost_per_successful_call_usd,
        {{ money_of_double(ratio('used.effective_cost_usd * 1000', 'used.input_tokens + used.output_tokens - used.uncosted_tokens')) }} as cost_per_1k_tokens_usd,
        like_for_like.like_for_like_cost_per_call_usd,
        latencies.latency_measured_calls,
        latencies.latency_p50_ms,
        latencies.latency_p95_ms,
        latencies.latency_p99_ms,
        latencies.longest_latency_ms,
        coalesce(latencies.timeout_calls, 0) as timeout_calls,
        coalesce(latencies.at_limit_calls, 0) as at_limit_calls,
        coalesce(latencies.at_limit_timeout_calls, 0) as at_limit_timeout_calls,
        coalesce(quality.quality_scored_calls, 0) as quality_scored_calls,
        quality.quality_score_avg,
        {{ assumption('quality_interval_z') }} * quality.quality_standard_error as quality_margin,
        coalesce(quality.is_measured, false) as is_quality_measured,
        {{ ratio('used.failed_calls', 'used.calls') }} as failure_share,
        {{ ratio('used.output_tokens', 'used.input_tokens') }} as output_input_token_ratio,
        {{ ratio('used.cached_input_tokens', 'used.input_tokens') }} as cached_input_share
    from used
    left join latencies
        on used.task_type = latencies.task_type and used.provider = latencies.provider and used.model = latencies.model
    left join quality
        on used.task_type = quality.task_type and used.provider = quality.provider and used.model = quality.model
    left join like_for_like
        on used.task_type = like_for_like.task_type and used.provider = like_for_like.provider and used.model = like_for_like.model

),

{# A model is dominated when another does the same work for less and is not measurably worse at it. #}
dominated as (

    select distinct
        measured.task_type,
        measured.provider,
        measured.model
    from measured
    inner join measured as other
        on
            measured.task_type = other.task_type
            and other.is_quality_measured
            and other.like_for_like_cost_per_call_usd < measured.like_for_like_cost_per_call_usd
            and measured.quality_score_avg - other.quality_score_avg
            <= sqrt(measured.quality_margin * measured.quality_margin + other.quality_margin * other.quality_margin)
    where measured.is_quality_measured

),

final as (

    select
        measured.task_type,
        measured.provider,
        measured.model,
        measured.calls,
        measured.failed_calls,
        measured.uncosted_calls,
        measured.input_tokens,
        measured.cached_input_tokens,
        measured.output_tokens,
        measured.effective_cost_usd,
        measured.cost_per_call_usd,
        measured.cost_per_successful_call_usd,
        measured.cost_per_1k_tokens_usd,
        measured.like_for_like_cost_per_call_usd,
        measured.latency_measured_calls,
        measured.latency_p50_ms,
        measured.latency_p95_ms,
        measured.latency_p99_ms,
        measured.quality_score_avg,
        measured.quality_score_avg - measured.quality_margin as quality_score_lower,
        measured.quality_score_avg + measured.quality_margin as quality_score_upper,
        measured.quality_scored_calls,
        measured.is_quality_measured,
        measured.failure_share,
        measured.output_input_token_ratio,
        measured.cached_input_share,
        case
            when measured.is_quality_measured and measured.like_for_like_cost_per_call_usd is not null then dominated.model is null
        end as is_on_frontier,
        measured.longest_latency_ms,
        measured.at_limit_calls,
        {{ ratio('measured.at_limit_calls', 'measured.calls') }} as at_limit_share,
        measured.timeout_calls,
        {{ ratio('measured.timeout_calls', 'measured.calls') }} as timeout_share,
        measured.at_limit_timeout_calls,
        {# Most of the calls at the longest time were answered: then that time is the longest that is written down, and the true one is not known. #}
        case
            when measured.at_limit_calls = 0 then 'none seen'
            when measured.at_limit_timeout_calls * 2 >= measured.at_limit_calls then 'ends calls'
            else 'caps what is recorded'
        end as latency_limit,
        cast(floors.minimum_quality_score as double) as minimum_quality_score,
        {{ ratio('measured.calls', 'sum(measured.calls) over (partition by measured.task_type)') }} as task_call_share,
        first_value(measured.model) over (
            partition by measured.task_type order by measured.latency_p95_ms asc nulls last, measured.provider asc, measured.model asc
        ) as quickest_model,
        min(measured.latency_p95_ms) over (partition by measured.task_type) as quickest_latency_p95_ms,
        coalesce(measured.provider = recommendations.recommended_provider and measured.model = recommendations.recommended_model, false) as is_recommended,
        {# By a switch that saves, else by what lifts the task to its quality floor. #}
        coalesce(switches.to_provider, lifts.to_provider, measured.provider) as switch_to_provider,
        coalesce(switches.to_model, lifts.to_model, measured.model) as switch_to_model,
        coalesce(switched.latency_p95_ms, measured.latency_p95_ms) as switch_to_latency_p95_ms,
        case
            when not measured.is_quality_measured or measured.like_for_like_cost_per_call_usd is null then 'too few scores'
            when measured.quality_score_avg - measured.quality_margin < floors.minimum_quality_score then 'below the quality floor'
            when dominated.model is null then 'no cheaper model is as good'
            else 'a cheaper model is as good'
        end as verdict
    from measured
    left join floors on measured.task_type = floors.task_type
    left join dominated
        on measured.task_type = dominated.task_type and measured.provider = dominated.provider and measured.model = dominated.model
    left join recommendations on measured.task_type = recommendations.task_type
    left join switches on measured.task_type = switches.task_type and measured.provider = switches.from_provider and measured.model = switches.from_model
    left join lifts on measured.task_type = lifts.task_type and measured.provider = lifts.from_provider and measured.model = lifts.from_model
    left join measured as switched
        on
            measured.task_type = switched.task_type
            and coalesce(switches.to_provider, lifts.to_provider) = switched.provider
            and coalesce(switches.to_model, lifts.to_model) = switched.model

)

select * from final
