{# one row per action that would save money; applied in the stated order, each saves only on what the earlier ones leave #}

{% set columns = [
    'action_kind', 'action_id', 'subject', 'task_type', 'provider', 'model', 'scope_cost_usd', 'gross_monthly_savings_usd', 'net_monthly_savings_usd',
    'low_monthly_savings_usd', 'high_monthly_savings_usd', 'one_off_avoided_cost_usd', 'source_mart', 'is_illustrative'
] | join(', ') %}

with kinds as (

    select * from {{ ref('savings_actions') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

single_actions as (

    select {{ columns }}, cast(1 as bigint) as parts, {{ money(0) }} as one_off_cost_usd from {{ ref('int_actions__commitment') }}
    union all
    select {{ columns }}, cast(1 as bigint) as parts, {{ money(0) }} as one_off_cost_usd from {{ ref('int_actions__anomaly_fix') }}
    union all
    select {{ columns }}, parts, one_off_cost_usd from {{ ref('int_actions__usage') }}

),

single_works as (

    select
        single_actions.*,
        single_actions.action_id as work_id,
        cast(kinds.effort_days + kinds.effort_days_per_part * single_actions.parts as decimal(18, 2)) as work_effort_days,
        {{ effort_of('single_actions.parts', 'single_actions.one_off_cost_usd') }} as work_effort_usd
    from single_actions
    inner join kinds on single_actions.action_kind = kinds.action_kind

),

actions as (

    select {{ columns }}, work_id, work_effort_days, is_counted from actions_on_calls
    union all
    select
        {{ columns }},
        work_id,
        work_effort_days,
        {{ is_worth_its_effort('work_effort_usd', 'net_monthly_savings_usd', 'is_illustrative') }} as is_counted
    from single_works

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
        kinds.first_step,
        actions.source_mart
    from actions
    inner join kinds on actions.action_kind = kinds.action_kind

)

select * from judged
