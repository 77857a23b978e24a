{# one row per task type x model in use x other model: whether the switch saves money within the quality limits, and how sure that is #}

with switches as (

    select * from {{ ref('int_model_switches') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

floors as (

    select * from {{ ref('task_quality_floors') }}

),

latencies as (

    select * from {{ ref('int_model_latencies') }}

),

compared as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model,
        switches.to_provider,
        switches.to_model,
        switches.calls,
        switches.current_cost_usd,
        switches.cost_after_usd,
        switches.savings_usd,
        {{ money('switches.current_cost_usd - switches.cost_after_usd * ' ~ decimal_of_double('1 + ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)')) }}
            as savings_low_usd,
        {{ money('switches.current_cost_usd - switches.cost_after_usd * ' ~ decimal_of_double('1 - ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)')) }}
            as savings_high_usd,
        from_quality.quality_scored_calls as from_quality_scored_calls,
        from_quality.quality_score_avg as from_quality_score_avg,
        to_quality.quality_scored_calls as to_quality_scored_calls,
        to_quality.quality_score_avg as to_quality_score_avg,
        to_quality.quality_score_avg - from_quality.quality_score_avg as quality_change,
        {{ assumption('quality_interval_z') }}
        * sqrt(power(from_quality.quality_standard_error, 2) + power(to_quality.quality_standard_error, 2)) as quality_change_margin,
        to_quality.quality_score_avg - {{ assumption('quality_interval_z') }} * to_quality.quality_standard_error as to_quality_score_lower,
        to_quality.quality_score_avg + {{ assumption('quality_interval_z') }} * to_quality.quality_standard_error as to_quality_score_upper,
        least(from_quality.scored_customer_days, to_quality.scored_customer_days) >= {{ assumption('quality_interval_days_from') }} as has_interval,
        coalesce(from_quality.is_measured and to_quality.is_measured, false) as is_quality_measured,
        coalesce(from_quality.quality_scored_calls > 0 and to_quality.quality_scored_calls > 0, false) as is_quality_scored,
        floors.minimum_quality_score,
        floors.maximum_quality_loss,
        coalesce(
            to_latencies.latency_p95_ms - from_latencies.latency_p95_ms >= {{ assumption('model_switch_slowdown_p95_ms_from') }}
            and switches.savings_usd * {{ assumption('model_switch_base_share', 'decimal(6, 4)') }}
            < {{ assumption('model_switch_min_usd_if_slower', 'decimal(9, 2)') }},
            false
        ) as is_slower_for_little
    from switches
    left join quality as from_quality
        on
            switches.task_type = from_quality.task_type
            and switches.from_provider = from_quality.provider
            and switches.from_model = from_quality.model
    left join quality as to_quality
        on
            switches.task_type = to_quality.task_type
            and switches.to_provider = to_quality.provider
            and switches.to_model = to_quality.model
    left join floors on switches.task_type = floors.task_type
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

),

{# Few scores decide, too, where their whole interval lies beyond a limit: then more of them would not change the answer. #}
bounded as (

    select
        *,
        coalesce(has_interval and to_quality_score_upper < minimum_quality_score and quality_change + quality_change_margin < 0, false)
            as is_certainly_poor,
        coalesce(has_interval and quality_change + quality_change_margin < -maximum_quality_loss, false) as is_certainly_worse
    from compared

),

{# The limits hold for the pessimistic end of each interval: what is not measured well enough is not recommended,
   nor what a few tokens more would turn into a loss. Work that is below its floor today may move to a model that is
   certainly no worse: to refuse that would keep the poorer answers and pay more for them. #}
assessed as (

    select
        *,
        quality_change - quality_change_margin as quality_change_lower,
        quality_change + quality_change_margin as quality_change_upper,
        case
            when cost_after_usd is null then 'no price'
            when savings_usd <= 0 then 'costs more'
            when minimum_quality_score is null then 'no quality floor set'
            when not is_quality_scored then 'quality not measured'
            when is_certainly_poor then 'below the quality floor'
            when is_certainly_worse then 'loses too much quality'
            when not is_quality_measured then 'too few scores'
            when to_quality_score_lower < minimum_quality_score and quality_change < quality_change_margin then 'below the quality floor'
            when quality_change - quality_change_margin < -maximum_quality_loss then 'loses too much quality'
            when savings_low_usd <= 0 then 'saving not certain'
            when is_slower_for_little then 'much slower for little'
            else 'acceptable'
        end as verdict
    from bounded

),

judged as (

    select
        *,
        verdict = 'acceptable' as is_acceptable,
        verdict in ('quality not measured', 'too few scores', 'below the quality floor', 'loses too much quality')
        and not is_certainly_poor and not is_certainly_worse as is_undecided
    from assessed

)

select * from judged
