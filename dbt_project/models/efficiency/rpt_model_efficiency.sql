{# one row per task type x provider x model, trailing 30 days to the as-of date #}

with measured as (

    select * from {{ ref('int_model_measures') }}

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
        end as is_on_frontier
    from measured
    left join dominated
        on measured.task_type = dominated.task_type and measured.provider = dominated.provider and measured.model = dominated.model

)

select * from final
