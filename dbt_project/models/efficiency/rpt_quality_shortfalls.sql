{# one row per task type whose answers of the trailing 30 days lie below its quality floor: the cheapest way that lifts them, and the cheapest model
   that would answer all calls well enough, each with its price #}

{# A pair of moves to two models is work on both. #}
{% set days = "cast((kinds.effort_days + kinds.effort_days_per_part) * case when quality_moves.to_model is null then 2 else 1 end as decimal(18, 2))" %}

with tasks as (

    select * from {{ ref('int_task_quality') }}
    where is_below_floor

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

task_features as (

    select * from {{ ref('int_task_features') }}

),

quality_moves as (

    select * from {{ ref('rpt_quality_moves') }}
    where is_advised

),

{# To move calls is the same work, and the same people's, whether it saves or lifts. #}
kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'model_switch'

),

{# Why the moves to a model that lifts the answers are not among the recommended ones: the objection to the largest saving. #}
objections as (

    select
        task_type,
        to_provider,
        to_model,
        from_model,
        verdict,
        row_number() over (partition by task_type, to_provider, to_model order by savings_usd desc, from_provider asc, from_model asc) as place
    from switches
    where savings_usd > 0 and not is_acceptable

),

lifts as (

    select
        switches.task_type,
        switches.to_provider,
        switches.to_model,
        max(switches.to_quality_score_avg) as quality_score_avg,
        max(switches.to_quality_score_lower) as quality_score_lower,
        case when count(switches.savings_usd) = count(*) then {{ money('-sum(switches.savings_usd)') }} end as cost_change_usd
    from switches
    inner join quality
        on
            switches.task_type = quality.task_type
            and switches.to_provider = quality.provider
            and switches.to_model = quality.model
            and quality.is_measured
    where switches.to_quality_score_lower >= switches.minimum_quality_score
    group by switches.task_type, switches.to_provider, switches.to_model

),

cheapest as (

    select
        *,
        row_number() over (partition by task_type order by cost_change_usd asc, to_provider asc, to_model asc) as place
    from lifts
    where cost_change_usd is not null

),

final as (

    select
        tasks.task_type,
        task_features.subject,
        tasks.calls,
        tasks.current_cost_usd,
        tasks.measured_call_share,
        tasks.minimum_quality_score,
        tasks.quality_score_avg,
        tasks.quality_score_avg - tasks.minimum_quality_score as quality_gap,
        tasks.best_quality_score_avg,
        quality_moves.subject as advised_moves,
        quality_moves.to_provider as advised_to_provider,
        quality_moves.to_model as advised_to_model,
        quality_moves.calls as advised_moved_calls,
        quality_moves.cost_change_usd as advised_cost_change_usd,
        quality_moves.quality_score_after_avg as advised_quality_score_avg,
        quality_moves.quality_score_after_lower as advised_quality_score_lower,
        quality_moves.reaches_floor as advised_reaches_floor,
        cheapest.to_provider as lift_provider,
        cheapest.to_model as lift_model,
        cheapest.quality_score_avg as lift_quality_score_avg,
        cheapest.quality_score_lower as lift_quality_score_lower,
        cheapest.cost_change_usd as lift_cost_change_usd,
        objections.from_model as objection_from_model,
        objections.verdict as objection,
        coalesce(
            quality_moves.from_model is null and quality_moves.to_provider = cheapest.to_provider and quality_moves.to_model = cheapest.to_model
            and quality_moves.subject = 'all models to ' || cheapest.to_model,
            false
        ) as is_lift_advised,
        tasks.maximum_quality_loss,
        quality_moves.latency_p50_before_ms as advised_latency_p50_before_ms,
        quality_moves.latency_p50_after_ms as advised_latency_p50_after_ms,
        quality_moves.at_limit_share_before as advised_at_limit_share_before,
        quality_moves.at_limit_share_after as advised_at_limit_share_after,
        quality_moves.poorer_customers as advised_poorer_customers,
        quality_moves.poorer_customer_names as advised_poorer_customer_names,
        quality_moves.poorer_quality_change as advised_poorer_quality_change,
        kinds.owner_role,
        case when quality_moves.subject is not null then {{ days_in_words(days) }} end as advised_effort,
        case when quality_moves.subject is not null then {{ money(days ~ ' * kinds.usd_per_effort_day') }} end as advised_effort_usd,
        {{ payback_months(money(days ~ ' * kinds.usd_per_effort_day'), '-quality_moves.cost_change_usd') }} as advised_payback_months
    from tasks
    left join kinds on kinds.action_kind = 'model_switch'
    left join task_features on tasks.task_type = task_features.task_type
    left join quality_moves on tasks.task_type = quality_moves.task_type
    left join cheapest on tasks.task_type = cheapest.task_type and cheapest.place = 1
    left join objections
        on
            cheapest.task_type = objections.task_type
            and cheapest.to_provider = objections.to_provider
            and cheapest.to_model = objections.to_model
            and objections.place = 1

)

select * from final
