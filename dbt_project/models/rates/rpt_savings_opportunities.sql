{# one row per action that would save money; applied in the stated order, each saves only on what the earlier ones leave #}

with kinds as (

    select * from {{ ref('savings_actions') }}

),

canaries as (

    select
        'model_switch' as action_kind,
        task_type,
        verdict
    from {{ ref('rpt_canary_design') }}

),

actions as (

    {{ judged_actions() }}

),

judged as (

    select
        actions.action_id,
        actions.action_kind,
        kinds.applied_order,
        actions.subject,
        actions.task_type,
        actions.provider,
        actions.model,
        actions.scope_cost_usd,
        actions.gross_monthly_savings_usd,
        {{ money('actions.gross_monthly_savings_usd - actions.net_monthly_savings_usd') }} as overlap_usd,
        case
            when actions.action_kind = 'inefficient_usage'
                then {{ money('(actions.gross_monthly_savings_usd - actions.net_monthly_savings_usd) * ' ~ assumption('model_switch_base_share', 'decimal(6, 4)')) }}
        end as counted_overlap_usd,
        actions.net_monthly_savings_usd,
        actions.low_monthly_savings_usd,
        actions.high_monthly_savings_usd,
        actions.one_off_avoided_cost_usd,
        actions.one_off_avoided_cost_usd is null as is_recurring,
        actions.is_illustrative,
        actions.is_counted,
        actions.work_id,
        {{ days_in_words('actions.work_effort_days') }} as work_effort,
        kinds.assumption,
        kinds.owner_role,
        kinds.confidence,
        coalesce(canaries.verdict, kinds.first_step) as first_step,
        actions.source_mart
    from actions
    inner join kinds on actions.action_kind = kinds.action_kind
    left join canaries on actions.action_kind = canaries.action_kind and actions.task_type = canaries.task_type

)

select * from judged
