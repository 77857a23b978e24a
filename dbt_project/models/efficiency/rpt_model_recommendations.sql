{# one row per task type used in the trailing 30 days: the model to use, what that saves, what it does to quality #}

{# What the refused model would save beyond the recommended one; at best a part of it is kept, as of a switch. #}
{% set forgone = money('refused.possible_savings_usd - coalesce(best.savings_usd, 0)') %}
{% set undecided = 'case when refused.is_refusal_undecided then ' ~ money(forgone ~ ' * ' ~ assumption('model_switch_high_share', 'decimal(6, 4)')) ~ ' end' %}
{% set scoring_effort = money('kinds.usd_per_effort_day * ' ~ assumption('quality_scoring_days', 'decimal(9, 2)')) %}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

shortfalls as (

    select * from {{ ref('rpt_quality_shortfalls') }}

),

task_features as (

    select * from {{ ref('int_task_features') }}

),

targets as (

    select * from {{ ref('int_model_switch_targets') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'model_switch'

),

{# The part of a saving that is counted after answers were reviewed: the ledger's. #}
counted as (

    select * from {{ ref('int_actions_on_calls') }}
    where action_kind = 'model_switch' and is_counted

),

used as (

    select
        task_type,
        provider,
        model,
        sum(calls) as calls,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from task_usage
    group by task_type, provider, model

),

current_models as (

    select
        *,
        row_number() over (partition by task_type order by effective_cost_usd desc nulls last, calls desc, provider asc, model asc) as cost_rank,
        sum(calls) over (partition by task_type) as task_calls,
        {{ money('sum(effective_cost_usd) over (partition by task_type)') }} as current_cost_usd,
        count(*) over (partition by task_type) as models_in_use
    from used

),

best as (

    select
        *,
        case when is_below_floor then 'cheaper and no worse, perhaps still below the quality floor' else 'cheaper within the quality limits' end as benefit
    from targets
    where is_recommended

),

{# The tempting alternative: it would save more than what is recommended, and something speaks against it. #}
refused as (

    select
        targets.task_type,
        targets.to_provider,
        targets.to_model,
        targets.possible_savings_usd,
        targets.refusal,
        targets.is_refusal_undecided,
        row_number() over (partition by targets.task_type order by targets.possible_savings_usd desc, targets.to_provider asc, targets.to_model asc) as savings_rank
    from targets
    left join best on targets.task_type = best.task_type
    where
        targets.refusal is not null
        and (best.task_type is null or (targets.possible_savings_usd > best.savings_usd and targets.to_model <> best.to_model))

),

moved as (

    select
        best.task_type,
        {{ string_agg_sorted('switches.from_model', ', ') }} as from_models
    from best
    inner join switches
        on best.task_type = switches.task_type and best.to_provider = switches.to_provider and best.to_model = switches.to_model
    where switches.is_acceptable
    group by best.task_type

),

{# What speaks against each cheaper model, so that no page needs to say that there is none. #}
objections as (

    select
        task_type,
        bool_or(savings_usd > 0) as has_small_saving,
        {{ string_agg_sorted("to_model || ': ' || case when refusal is null then 'saves too little for the work' when savings_usd > 0 then refusal || ', and the rest saves too little for the work' else refusal end", '; ') }}
            as cheaper_models
    from targets
    group by task_type

),

recommended as (

    select
        tasks.task_type,
        task_features.subject,
        case when best.task_type is not null then 'switch' when shortfalls.advised_moves is not null then 'lift' else 'keep' end as decision,
        case
            when best.task_type is not null then best.benefit
            when shortfalls.advised_moves is not null then 'below the quality floor'
            when refused.task_type is not null then refused.refusal
            when objections.has_small_saving then 'saves too little for the work'
            else 'no cheaper model'
        end as reason,
        case
            when best.task_type is not null then moved.from_models || ' to ' || best.to_model || ': ' || best.benefit
            when shortfalls.advised_moves is not null then 'below its quality floor; the cheapest way to it: ' || shortfalls.advised_moves
            else 'keep the models in use (' || coalesce(objections.cheaper_models, 'none is cheaper') || ')'
        end as verdict,
        case
            when best.task_type is not null then best.to_model
            when shortfalls.is_lift_advised then shortfalls.lift_model
            else 'those in use' || case when shortfalls.advised_moves is not null then ', some calls moved' else '' end
        end as model_to_use,
        moved.from_models as moved_from_models,
        {{ ratio('best.savings_usd', 'best.moved_cost_usd') }} as moved_savings_share,
        cast(tasks.task_calls as bigint) as calls,
        tasks.current_cost_usd,
        tasks.provider as current_provider,
        tasks.model as current_model,
        {{ ratio('tasks.effective_cost_usd', 'tasks.current_cost_usd') }} as current_model_cost_share,
        cast(tasks.models_in_use as integer) as models_in_use,
        coalesce(best.to_provider, shortfalls.advised_to_provider, tasks.provider) as recommended_provider,
        coalesce(best.to_model, shortfalls.advised_to_model, tasks.model) as recommended_model,
        coalesce(best.moved_calls, 0) as moved_calls,
        coalesce(best.moved_cost_usd, {{ money(0) }}) as moved_cost_usd,
        coalesce(best.moved_cost_after_usd, {{ money(0) }}) as moved_cost_after_usd,
        coalesce(best.savings_usd, {{ money(0) }}) as monthly_savings_usd,
        coalesce(best.savings_low_usd, {{ money(0) }}) as monthly_savings_low_usd,
        coalesce(best.savings_high_usd, {{ money(0) }}) as monthly_savings_high_usd,
        {{ ratio('coalesce(best.moved_calls, 0)', 'tasks.task_calls') }} as moved_call_share,
        coalesce(counted.net_monthly_savings_usd, {{ money(0) }}) as counted_savings_usd,
        {{ money('tasks.current_cost_usd - coalesce(counted.net_monthly_savings_usd, 0)') }} as cost_after_usd,
        best.quality_change, best.quality_change_lower, best.quality_change_upper,
        best.smallest_quality_sample_calls,
        coalesce(best.is_below_floor, false) as is_below_floor,
        refused.to_provider as refused_provider,
        refused.to_model as refused_model,
        refused.possible_savings_usd as refused_savings_usd,
        refused.refusal as refused_because,
        {{ forgone }} as forgone_usd,
        {{ undecided }} as undecided_high_usd,
        {{ scoring_effort }} as scoring_effort_usd,
        coalesce({{ ratio(scoring_effort, 'sum(' ~ undecided ~ ') over ()') }} <= {{ assumption('action_payback_months_up_to') }}, false) as is_scoring_worth,
        refused.is_refusal_undecided,
        quality.quality_score_avg as refused_quality_score_avg,
        case when refused.task_type is not null then cast(coalesce(quality.quality_scored_calls, 0) as bigint) end as refused_quality_scored_calls
    from current_models as tasks
    left join kinds on kinds.action_kind = 'model_switch'
    left join shortfalls on tasks.task_type = shortfalls.task_type
    left join task_features on tasks.task_type = task_features.task_type
    left join best on tasks.task_type = best.task_type
    left join counted on tasks.task_type = counted.task_type
    left join moved on tasks.task_type = moved.task_type
    left join objections on tasks.task_type = objections.task_type
    left join refused on tasks.task_type = refused.task_type and refused.savings_rank = 1
    left join quality on refused.task_type = quality.task_type and refused.to_provider = quality.provider and refused.to_model = quality.model
    where tasks.cost_rank = 1

)

select * from recommended
