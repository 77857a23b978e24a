{# one row per budget in force: scope x period #}

with team_budgets as (

    select * from {{ ref('budgets') }}

),

scope_budgets as (

    select * from {{ ref('scope_budgets') }}

),

changes as (

    select * from {{ ref('stg_budgets__changes') }}

),

stated as (

    select
        'team' as scope,
        team_id as scope_id,
        'month' as period,
        month_start_date as period_start_date,
        cast(null as timestamp) as changed_at,
        budget_usd,
        'approval required' as gate,
        'Head of Finance' as approver_role,
        'seed' as stated_by
    from team_budgets
    union all
    select
        scope,
        scope_id,
        period,
        period_start_date,
        cast(null as timestamp) as changed_at,
        budget_usd,
        gate,
        approver_role,
        'seed' as stated_by
    from scope_budgets
    union all
    select
        scope,
        scope_id,
        period,
        period_start_date,
        changed_at,
        budget_usd,
        coalesce(gate, 'approval required') as gate,
        coalesce(approver_role, 'Head of Finance') as approver_role,
        coalesce(actor, 'unknown') as stated_by
    from changes

),

{# What was said last counts; what is in a seed was there before. #}
ranked as (

    select
        *,
        row_number() over (
            partition by scope, scope_id, period, period_start_date
            order by changed_at desc nulls last, gate desc nulls last, budget_usd desc nulls last
        ) as place
    from stated

),

in_force as (

    select
        scope,
        scope_id,
        period,
        period_start_date,
        case period
            when 'month' then last_day(period_start_date)
            when 'quarter' then last_day(period_start_date + 62)
            else last_day(period_start_date + 340)
        end as period_end_date,
        budget_usd,
        gate,
        approver_role,
        stated_by
    from ranked
    where place = 1 and budget_usd is not null

)

select * from in_force
