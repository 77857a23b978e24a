{# one row per task type x model to which calls could move: what moving saves, all told and within the quality limits,
   and whether it is the move to make #}

with switches as (

    select * from {{ ref('int_model_switches_assessed') }}

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

{# The ledger counts the share of a saving that is likely to be kept; below the least worth doing, the models in use stay. #}
ranked as (

    select
        *,
        savings_usd * {{ assumption('model_switch_base_share', 'decimal(6, 4)') }} >= {{ assumption('action_min_savings_usd') }} as is_worth_it,
        row_number() over (partition by task_type order by savings_usd desc nulls last, to_provider asc, to_model asc) as savings_order
    from targets

),

chosen as (

    select
        *,
        coalesce(is_worth_it and savings_order = 1, false) as is_recommended
    from ranked

)

select * from chosen
