{# one row per programme of the decision waterfall before commitments: what its counted works take, once #}

with actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

works as (

    select distinct
        kinds.programme,
        actions_on_calls.work_id,
        actions_on_calls.work_effort_usd as effort_usd
    from actions_on_calls
    inner join kinds on actions_on_calls.action_kind = kinds.action_kind
    where actions_on_calls.is_counted

),

{# The price plan takes its work where it is another than today's. #}
efforts as (

    select programme, effort_usd from works
    union all
    select
        kinds.programme,
        {{ money('kinds.effort_days * kinds.usd_per_effort_day') }} as effort_usd
    from kinds
    inner join candidates on candidates.is_chosen and not candidates.is_current
    where kinds.action_kind = 'price_plan'

),

summed as (

    select
        programme,
        {{ money('sum(effort_usd)') }} as effort_usd
    from efforts
    group by programme

)

select * from summed
