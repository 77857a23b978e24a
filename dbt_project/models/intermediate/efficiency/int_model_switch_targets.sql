{# one row per task type x model to which calls could move: what moving saves, all told and within the quality limits,
   and whether it is the move to make #}

with switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

efforts as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'model_switch'

),

saving as (

    select
        *,
        row_number() over (
            partition by task_type, to_provider, to_model, is_acceptable
            order by savings_usd desc, from_provider asc, from_model asc
        ) as savings_rank
    from switches
    where savings_usd > 0

),

{# Only the calls whose move saves money within the quality limits would move; the others stay where they are.
   The bounds of the quality change are averaged as if all errors fell to the same side: wide rather than narrow. #}
targets as (

    select
        task_type,
        to_provider,
        to_model,
        {{ money('sum(savings_usd)') }} as possible_savings_usd,
        max(case when not is_acceptable and savings_rank = 1 then verdict end) as refusal,
        bool_or(is_undecided) filter (where not is_acceptable and savings_rank = 1) as is_refusal_undecided,
        cast(coalesce(sum(calls) filter (where is_acceptable), 0) as bigint) as moved_calls,
        {{ money('sum(current_cost_usd) filter (where is_acceptable)') }} as moved_cost_usd,
        {{ money('sum(cost_after_usd) filter (where is_acceptable)') }} as moved_cost_after_usd,
        {{ money('sum(savings_usd) filter (where is_acceptable)') }} as savings_usd,
        {{ money('sum(savings_low_usd) filter (where is_acceptable)') }} as savings_low_usd,
        {{ money('sum(savings_high_usd) filter (where is_acceptable)') }} as savings_high_usd,
        {{ ratio('sum(quality_change * calls) filter (where is_acceptable)', 'sum(calls) filter (where is_acceptable)') }} as quality_change,
        {{ ratio('sum(quality_change_lower * calls) filter (where is_acceptable)', 'sum(calls) filter (where is_acceptable)') }} as quality_change_lower,
        {{ ratio('sum(quality_change_upper * calls) filter (where is_acceptable)', 'sum(calls) filter (where is_acceptable)') }} as quality_change_upper,
        coalesce(min(to_quality_score_lower) filter (where is_acceptable) < min(minimum_quality_score), false) as is_below_floor,
        cast(min(least(from_quality_scored_calls, to_quality_scored_calls)) filter (where is_acceptable) as bigint) as smallest_quality_sample_calls
    from saving
    group by task_type, to_provider, to_model

),

{# What counts is the share of a saving that is likely to be kept. A task whose own days do not come back is not carried by the others. #}
ranked as (

    select
        targets.*,
        {{ money('targets.savings_usd * ' ~ assumption('model_switch_base_share', 'decimal(6, 4)')) }} as kept_usd,
        row_number() over (partition by targets.task_type order by targets.savings_usd desc nulls last, targets.to_provider asc, targets.to_model asc) = 1
        and targets.savings_usd is not null as is_largest
    from targets

),

candidates as (

    select
        ranked.*,
        ranked.is_largest
        and {{ is_worth_its_effort('efforts.effort_days_per_part * efforts.usd_per_effort_day', 'ranked.kept_usd', 'false') }} as is_candidate,
        efforts.effort_days,
        efforts.effort_days_per_part,
        efforts.usd_per_effort_day,
        case efforts.effort_shared_by when 'model' then ranked.to_provider || '/' || ranked.to_model when 'kind' then 'all' else ranked.task_type end as work_key
    from ranked
    cross join efforts

),

{# The tasks that move to one model are one piece of work: the models in use stay where it does not come back in time. #}
worked as (

    select
        *,
        {{ money('sum(case when is_candidate then kept_usd end) over (partition by work_key)') }} as work_kept_usd,
        {{ money('(effort_days + effort_days_per_part * count(case when is_candidate then 1 end) over (partition by work_key)) * usd_per_effort_day') }}
            as work_effort_usd
    from candidates

),

chosen as (

    select
        *,
        is_candidate and {{ is_worth_its_effort('work_effort_usd', 'work_kept_usd', 'false') }} as is_recommended
    from worked

)

select * from chosen
