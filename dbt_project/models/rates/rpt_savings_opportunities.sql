{# one row per action that would save money; applied in the stated order, each saves only on what the earlier ones leave #}

with actions_on_usage as (

    select * from {{ ref('int_savings_actions_on_usage') }}

),

actions_on_rates as (

    select * from {{ ref('int_savings_actions_on_rates') }}

),

thresholds as (

    select * from {{ ref('int_thresholds') }}

),

savings_assumptions as (

    select * from {{ ref('savings_assumptions') }}

),

actions as (

    select * from actions_on_usage
    union all
    select *, cast(null as decimal(28, 12)) as one_off_avoided_cost_usd from actions_on_rates

),

ranged as (

    select
        actions.action_id,
        actions.action_kind,
        assumptions.applied_order,
        actions.subject,
        actions.task_type,
        actions.provider,
        actions.model,
        actions.scope_cost_usd,
        actions.gross_monthly_savings_usd,
        {{ money('actions.gross_monthly_savings_usd - actions.net_monthly_savings_usd') }} as overlap_usd,
        actions.net_monthly_savings_usd,
        coalesce(
            actions.low_monthly_savings_usd,
            {{ money("actions.net_monthly_savings_usd * " ~ ratio('assumptions.low_share', 'assumptions.base_share')) }}
        ) as low_monthly_savings_usd,
        coalesce(
            actions.high_monthly_savings_usd,
            {{ money("actions.net_monthly_savings_usd * " ~ ratio('assumptions.high_share', 'assumptions.base_share')) }}
        ) as high_monthly_savings_usd,
        actions.one_off_avoided_cost_usd,
        actions.one_off_avoided_cost_usd is null as is_recurring,
        actions.is_illustrative,
        actions.net_monthly_savings_usd > 0
        and actions.net_monthly_savings_usd >= thresholds.action_min_savings_usd
        and not actions.is_illustrative as is_counted,
        assumptions.assumption,
        assumptions.owner_role,
        assumptions.effort,
        assumptions.confidence,
        assumptions.first_step,
        actions.source_mart
    from actions
    inner join savings_assumptions as assumptions on actions.action_kind = assumptions.action_kind
    cross join thresholds

)

select * from ranged
