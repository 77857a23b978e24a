{# one row per task type below its quality floor x model in use x measured model that answers better: what the calls would cost there, and
   what they add to the sum of the task's scores and to the error of that sum #}

with tasks as (

    select * from {{ ref('int_task_quality') }}
    where is_below_floor

),

task_usage as (

    select * from {{ ref('int_task_usage') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

targets as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

{# Calls that the recommended switch moves anyway are not moved a second time. #}
switched as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model
    from switches
    inner join targets
        on switches.task_type = targets.task_type and switches.to_provider = targets.to_provider and switches.to_model = targets.to_model
    where switches.is_acceptable

),

used as (

    select
        task_type,
        provider,
        model,
        cast(sum(calls) as double) as calls,
        row_number() over (partition by task_type order by sum(calls) desc, provider asc, model asc) as calls_rank
    from task_usage
    group by task_type, provider, model

),

{# What the task scores after a move follows from the sum of its scores and the error of that sum: the calls leave one mean and join another. #}
moves as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model,
        switches.to_provider,
        switches.to_model,
        from_used.calls_rank,
        switches.calls,
        {{ money('-switches.savings_usd') }} as cost_change_usd,
        to_quality.quality_standard_error as to_standard_error,
        case when from_quality.is_measured then 0 else switches.calls end as measured_calls_added,
        switches.calls * to_quality.quality_score_avg
        - case when from_quality.is_measured then switches.calls * from_quality.quality_score_avg else 0 end as score_added,
        (power(coalesce(to_used.calls, 0) + switches.calls, 2) - power(coalesce(to_used.calls, 0), 2)) * power(to_quality.quality_standard_error, 2)
        + case
            when from_quality.is_measured
                then (power(from_used.calls - switches.calls, 2) - power(from_used.calls, 2)) * power(from_quality.quality_standard_error, 2)
            else 0
        end as variance_added
    from switches
    inner join tasks on switches.task_type = tasks.task_type
    inner join quality as to_quality
        on switches.task_type = to_quality.task_type and switches.to_provider = to_quality.provider and switches.to_model = to_quality.model
    inner join used as from_used
        on switches.task_type = from_used.task_type and switches.from_provider = from_used.provider and switches.from_model = from_used.model
    left join used as to_used
        on switches.task_type = to_used.task_type and switches.to_provider = to_used.provider and switches.to_model = to_used.model
    left join quality as from_quality
        on switches.task_type = from_quality.task_type and switches.from_provider = from_quality.provider and switches.from_model = from_quality.model
    anti join switched
        on switches.task_type = switched.task_type and switches.from_provider = switched.from_provider and switches.from_model = switched.from_model
    where
        switches.savings_usd is not null
        and to_quality.is_measured
        and (from_quality.quality_score_avg is null or to_quality.quality_score_avg > from_quality.quality_score_avg)

)

select * from moves
