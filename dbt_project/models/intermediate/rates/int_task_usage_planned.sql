{# one row per task type x provider x model: the tokens of the trailing 30 days, and those that the recommended switches leave on the model or move to it,
   as far as they are counted #}

{% set kinds = ['input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens'] %}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

switched as (

    select * from {{ ref('int_task_usage_switched') }}
    where is_switched

),

moves as (

    select distinct task_type, provider, model, planned_provider, planned_model, switched_share from switched

),

{# What moves stands on two models: on the one that it leaves as tokens of today, on the other as those of the plan. #}
stacked as (

    select
        task_usage.task_type, task_usage.provider, task_usage.model, task_usage.quality_scored_calls, task_usage.quality_score_sum,
        {% for kind in kinds %}task_usage.{{ kind }}, task_usage.{{ kind }} - cast(floor(task_usage.{{ kind }} * coalesce(moves.switched_share, 0)) as bigint) as planned_{{ kind }}{{ ', ' if not loop.last }}{% endfor %}
    from task_usage
    left join moves
        on
            case when task_usage.is_judged then task_usage.task_type end = moves.task_type
            and task_usage.provider = moves.provider
            and task_usage.model = moves.model
    union all
    select
        task_usage.task_type, moves.planned_provider as provider, moves.planned_model as model, cast(null as bigint) as quality_scored_calls,
        cast(null as double) as quality_score_sum,
        {% for kind in kinds %}0 as {{ kind }}, cast(floor(task_usage.{{ kind }} * moves.switched_share) as bigint) as planned_{{ kind }}{{ ', ' if not loop.last }}{% endfor %}
    from task_usage
    inner join moves on task_usage.task_type = moves.task_type and task_usage.provider = moves.provider and task_usage.model = moves.model
    where task_usage.is_judged

),

final as (

    select
        task_type,
        provider,
        model,
        {% for kind in kinds -%}
        cast(sum({{ kind }}) as bigint) as {{ kind }},
        cast(sum(planned_{{ kind }}) as bigint) as planned_{{ kind }},
        {% endfor -%}
        cast(sum(quality_scored_calls) as bigint) as quality_scored_calls,
        cast(sum(quality_score_sum) as double) as quality_score_sum
    from stacked
    group by task_type, provider, model

)

select * from final
