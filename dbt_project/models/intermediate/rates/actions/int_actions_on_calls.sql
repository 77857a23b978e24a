{# one row per task type, or task type and model, of an action on calls: what it saves, and the piece of work that it is a part of #}

{% set columns = [
    'action_kind', 'action_id', 'subject', 'task_type', 'provider', 'model', 'scope_cost_usd', 'gross_monthly_savings_usd', 'net_monthly_savings_usd',
    'low_monthly_savings_usd', 'high_monthly_savings_usd', 'one_off_avoided_cost_usd', 'source_mart', 'is_illustrative'
] | join(', ') %}

with kinds as (

    select * from {{ ref('savings_actions') }}

),

actions as (

    select {{ columns }} from {{ ref('int_actions__model_switch') }}
    union all
    select {{ columns }} from {{ ref('int_actions__inefficient_usage') }}
    union all
    select {{ columns }} from {{ ref('int_actions__batch') }}
    union all
    select {{ columns }} from {{ ref('int_actions__caching') }}

),

parts as (

    select
        actions.*,
        {{ work_of('actions.action_id', 'actions.net_monthly_savings_usd', 'actions.provider', 'actions.model') }} as work_id,
        kinds.effort_days,
        kinds.effort_days_per_part,
        kinds.usd_per_effort_day
    from actions
    inner join kinds on actions.action_kind = kinds.action_kind

),

shared as (

    select
        *,
        count(*) over (partition by work_id) as work_parts,
        {{ money('sum(net_monthly_savings_usd) over (partition by work_id)') }} as work_monthly_savings_usd
    from parts

),

valued as (

    select
        *,
        cast(effort_days + effort_days_per_part * work_parts as decimal(18, 2)) as work_effort_days,
        {{ money('(effort_days + effort_days_per_part * work_parts) * usd_per_effort_day') }} as work_effort_usd
    from shared

),

judged as (

    select
        {{ columns }},
        work_id,
        work_effort_days,
        work_effort_usd,
        {{ is_worth_its_effort('work_effort_usd', 'work_monthly_savings_usd', 'is_illustrative') }} as is_counted
    from valued

)

select * from judged
