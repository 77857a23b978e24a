{# one row per action that would save money; applied in the stated order, each saves only on what the earlier ones leave #}

{# The contract of a kind of action: what int_actions__<kind> gives. #}
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
    union all
    select {{ columns }} from {{ ref('int_actions__commitment') }}
    union all
    select {{ columns }} from {{ ref('int_actions__anomaly_fix') }}

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
        actions.net_monthly_savings_usd,
        actions.low_monthly_savings_usd,
        actions.high_monthly_savings_usd,
        actions.one_off_avoided_cost_usd,
        actions.one_off_avoided_cost_usd is null as is_recurring,
        actions.is_illustrative,
        actions.net_monthly_savings_usd > 0
        and actions.net_monthly_savings_usd >= {{ assumption('action_min_savings_usd') }}
        and not actions.is_illustrative as is_counted,
        kinds.assumption,
        kinds.owner_role,
        kinds.effort,
        kinds.confidence,
        kinds.first_step,
        actions.source_mart
    from actions
    inner join kinds on actions.action_kind = kinds.action_kind

)

select * from judged
