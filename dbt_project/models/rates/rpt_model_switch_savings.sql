{# one row per task type x model in use x other model: what the switch saves, and whether it is acceptable #}

with model_switches as (

    select * from {{ ref('int_model_switches') }}

),

quality_floors as (

    select * from {{ ref('task_quality_floors') }}

),

with_floors as (

    select
        model_switches.*,
        coalesce(own_floors.minimum_quality_score, other_floors.minimum_quality_score) as minimum_quality_score,
        coalesce(own_floors.maximum_quality_loss, other_floors.maximum_quality_loss) as maximum_quality_loss,
        coalesce(own_floors.minimum_scored_calls, other_floors.minimum_scored_calls) as minimum_scored_calls
    from model_switches
    left join quality_floors as own_floors on model_switches.task_type = own_floors.task_type
    left join quality_floors as other_floors on other_floors.task_type = 'any other'

),

judged as (

    select
        *,
        case
            when cost_after_usd is null then 'price_unknown'
            when savings_usd <= 0 then 'does_not_save'
            when minimum_quality_score is null then 'no_floor_set'
            when from_quality_scored_calls < minimum_scored_calls or to_quality_scored_calls < minimum_scored_calls then 'too_few_scores'
            when to_quality_score_avg < minimum_quality_score then 'below_quality_floor'
            when quality_change < -maximum_quality_loss then 'loses_too_much_quality'
            else 'acceptable'
        end as verdict
    from with_floors

),

{# One model per task type: the one onto which the acceptable switches save most together. #}
targets as (

    select
        task_type,
        to_provider,
        to_model,
        row_number() over (partition by task_type order by sum(savings_usd) desc, to_provider asc, to_model asc) as target_rank
    from judged
    where verdict = 'acceptable'
    group by task_type, to_provider, to_model

),

recommended as (

    select
        judged.task_type,
        judged.from_provider,
        judged.from_model,
        judged.to_provider,
        judged.to_model,
        judged.calls,
        judged.calls_not_judged,
        judged.input_tokens,
        judged.cached_input_tokens,
        judged.output_tokens,
        judged.current_cost_usd,
        judged.cost_after_usd,
        judged.savings_usd as monthly_savings_usd,
        judged.from_quality_scored_calls,
        judged.from_quality_score_avg,
        judged.to_quality_scored_calls,
        judged.to_quality_score_avg,
        judged.quality_change,
        judged.quality_change_margin,
        judged.minimum_quality_score,
        judged.maximum_quality_loss,
        judged.verdict = 'acceptable' as is_feasible,
        judged.verdict = 'acceptable' and targets.target_rank is not null as is_recommended,
        judged.verdict
    from judged
    left join targets
        on
            judged.task_type = targets.task_type
            and judged.to_provider = targets.to_provider
            and judged.to_model = targets.to_model
            and targets.target_rank = 1

)

select * from recommended
