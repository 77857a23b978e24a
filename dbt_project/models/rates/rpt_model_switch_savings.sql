{# one row per task type x model in use x other model: what the switch saves, what it changes, and whether it is recommended #}

with model_switches as (

    select * from {{ ref('int_model_switches') }}

),

assessments as (

    select * from {{ ref('int_model_switches_assessed') }}

),

latencies as (

    select * from {{ ref('int_model_latencies') }}

),

targets as (

    select * from {{ ref('int_model_switch_targets') }}

),

actions as (

    select * from {{ ref('int_actions_on_calls') }}
    where action_kind = 'model_switch'

),

accepted as (

    select * from {{ ref('int_savings_accepted') }}

),

decided as (

    select
        task_type,
        from_provider,
        from_model,
        to_provider,
        to_model,
        max(accepted_date) as decided_date
    from accepted
    where task_type is not null
    group by task_type, from_provider, from_model, to_provider, to_model

),

{# A decision on the same calls with another target: whoever makes this move has to give it up. #}
replaced as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model,
        switches.to_provider,
        switches.to_model,
        max_by(decided.to_model, {{ in_order('decided.decided_date', 'decided.to_model') }}) as decided_to_model
    from model_switches as switches
    inner join decided
        on switches.task_type = decided.task_type and switches.from_provider = decided.from_provider and switches.from_model = decided.from_model
    where not (switches.to_provider = decided.to_provider and switches.to_model = decided.to_model)
    group by switches.task_type, switches.from_provider, switches.from_model, switches.to_provider, switches.to_model

),

savings as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model,
        switches.to_provider,
        switches.to_model,
        switches.calls,
        switches.calls_not_judged,
        switches.input_tokens,
        switches.cached_input_tokens,
        switches.output_tokens,
        switches.current_cost_usd,
        switches.cost_after_usd,
        switches.savings_usd as monthly_savings_usd,
        assessments.savings_low_usd as monthly_savings_low_usd,
        assessments.savings_high_usd as monthly_savings_high_usd,
        {{ assumption('model_switch_low_share') }} as kept_low_share,
        {{ money("assessments.savings_low_usd * " ~ assumption('model_switch_low_share', 'decimal(6, 4)')) }} as kept_savings_low_usd,
        {{ assumption('model_switch_base_share') }} as kept_base_share,
        {{ money("switches.savings_usd * " ~ assumption('model_switch_base_share', 'decimal(6, 4)')) }} as kept_savings_base_usd,
        {{ assumption('model_switch_high_share') }} as kept_high_share,
        {{ money("assessments.savings_high_usd * " ~ assumption('model_switch_high_share', 'decimal(6, 4)')) }} as kept_savings_high_usd,
        assessments.from_quality_score_avg,
        assessments.to_quality_score_avg,
        assessments.quality_change,
        assessments.quality_change_lower,
        assessments.quality_change_upper,
        assessments.minimum_quality_score,
        assessments.maximum_quality_loss,
        to_latencies.latency_p50_ms - from_latencies.latency_p50_ms as latency_p50_change_ms,
        to_latencies.latency_p95_ms - from_latencies.latency_p95_ms as latency_p95_change_ms,
        assessments.verdict,
        assessments.is_acceptable as is_feasible,
        assessments.is_acceptable and targets.task_type is not null as is_recommended,
        case when assessments.is_acceptable then actions.work_id end as work_id,
        case when assessments.is_acceptable and targets.task_type is not null then decided.decided_date end as decided_date,
        case when assessments.is_acceptable and targets.task_type is not null then replaced.decided_to_model end as replaced_to_model
    from model_switches as switches
    inner join assessments
        on
            switches.task_type = assessments.task_type
            and switches.from_provider = assessments.from_provider
            and switches.from_model = assessments.from_model
            and switches.to_provider = assessments.to_provider
            and switches.to_model = assessments.to_model
    left join latencies as from_latencies
        on
            switches.task_type = from_latencies.task_type
            and switches.from_provider = from_latencies.provider
            and switches.from_model = from_latencies.model
    left join latencies as to_latencies
        on
            switches.task_type = to_latencies.task_type
            and switches.to_provider = to_latencies.provider
            and switches.to_model = to_latencies.model
    left join targets
        on
            switches.task_type = targets.task_type
            and switches.to_provider = targets.to_provider
            and switches.to_model = targets.to_model
            and targets.is_recommended
    left join actions
        on
            targets.task_type = actions.task_type
            and targets.to_provider = actions.provider
            and targets.to_model = actions.model
    left join decided
        on
            switches.task_type = decided.task_type
            and switches.from_provider = decided.from_provider
            and switches.from_model = decided.from_model
            and switches.to_provider = decided.to_provider
            and switches.to_model = decided.to_model
    left join replaced
        on
            switches.task_type = replaced.task_type
            and switches.from_provider = replaced.from_provider
            and switches.from_model = replaced.from_model
            and switches.to_provider = replaced.to_provider
            and switches.to_model = replaced.to_model

),

refused as (

    select
        *,
        monthly_savings_usd > 0
        and not is_feasible
        and not bool_or(is_recommended) over of_model
        and row_number() over (
            partition by task_type, from_provider, from_model, monthly_savings_usd > 0 and not is_feasible
            order by monthly_savings_usd desc, to_provider asc, to_model asc
        ) = 1 as is_largest_refused
    from savings
    window of_model as (partition by task_type, from_provider, from_model)

)

select * from refused
