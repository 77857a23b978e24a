{# one row per change of a budget, as it was written down; without an amount it was withdrawn #}

with changes as (

    select * from {{ source('budgets', 'changes') }}

),

final as (

    select
        change_id,
        try_cast(replace(changed_at, 'Z', '') as timestamp) as changed_at,
        actor,
        scope,
        scope_id,
        period,
        try_cast(period_start_date as date) as period_start_date,
        try_cast(budget_usd as decimal(18, 2)) as budget_usd,
        gate,
        approver_role,
        note
    from changes
    {# What a kill cut off has no id. #}
    where
        change_id is not null
        and try_cast(replace(changed_at, 'Z', '') as timestamp) is not null
        and try_cast(period_start_date as date) is not null
        and scope is not null
        and scope_id is not null
        and period is not null

)

select * from final
