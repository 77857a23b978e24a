{# one row per counted work on calls, machines and storage, and one for commitments: when it begins to save, each owner doing one work after the other #}

with kinds as (

    select * from {{ ref('savings_actions') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}
    where is_counted

),

usage_actions as (

    select * from {{ ref('int_actions__usage') }}

),

works as (

    select
        work_id,
        action_kind,
        cast(null as string) as team_id,
        cast(null as string) as account_owner,
        work_effort_days as effort_days,
        work_effort_usd as effort_usd,
        {{ money('sum(net_monthly_savings_usd)') }} as net_monthly_savings_usd
    from actions_on_calls
    group by work_id, action_kind, work_effort_days, work_effort_usd
    union all
    select
        usage_actions.action_id as work_id,
        usage_actions.action_kind,
        usage_actions.team_id,
        usage_actions.account_owner,
        cast(kinds.effort_days + kinds.effort_days_per_part * usage_actions.parts as decimal(18, 2)) as effort_days,
        {{ effort_of('usage_actions.parts', 'usage_actions.one_off_cost_usd') }} as effort_usd,
        usage_actions.net_monthly_savings_usd
    from usage_actions
    inner join kinds on usage_actions.action_kind = kinds.action_kind
    where {{ is_worth_its_effort(effort_of('usage_actions.parts', 'usage_actions.one_off_cost_usd'), 'usage_actions.net_monthly_savings_usd', 'usage_actions.is_illustrative') }}

),

{# What saves most for its effort first. Each team has a lead of its own; what no team owns its account has. #}
queued as (

    select
        works.work_id,
        works.action_kind,
        kinds.months_to_start as own_months_to_start,
        coalesce(sum(works.effort_days) over (
            partition by coalesce(works.account_owner, kinds.owner_role), case when kinds.owner_role = 'Team lead' then works.team_id end
            order by {{ ratio('works.net_monthly_savings_usd * 12', 'works.effort_usd') }} desc nulls first, works.net_monthly_savings_usd desc, works.work_id asc
            rows between unbounded preceding and 1 preceding
        ), 0) as days_before
    from works
    inner join kinds on works.action_kind = kinds.action_kind

),

timed as (

    select
        work_id,
        action_kind,
        cast(days_before as decimal(18, 2)) as days_before,
        cast(own_months_to_start as decimal(9, 6))
        + {{ decimal_of_double(ratio('days_before', assumption('owner_days_a_month')), 'decimal(9, 6)') }} as months_to_start
    from queued

),

{# Commitments are sized on what the others leave, so they wait for the last of them. #}
final as (

    select work_id, action_kind, days_before, cast(months_to_start as decimal(9, 6)) as months_to_start from timed
    union all
    select
        kinds.action_kind as work_id,
        kinds.action_kind,
        cast(0 as decimal(18, 2)) as days_before,
        cast(greatest(kinds.months_to_start, ceil(coalesce(max(timed.months_to_start), 0))) as decimal(9, 6)) as months_to_start
    from kinds
    left join timed on 1 = 1
    where kinds.action_kind = 'commitment'
    group by kinds.action_kind, kinds.months_to_start

)

select * from final
