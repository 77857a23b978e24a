{# one row per scope of a budget with open savings x where they are made x months until they begin: what the counted actions take off its cost a month #}

{% set kept = assumption('model_switch_base_share', 'decimal(6, 4)') %}
{% set kept_low = assumption('model_switch_low_share', 'decimal(6, 4)') %}
{% set more_tokens = decimal_of_double('1 + ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)') %}

with usage_actions as (

    select * from {{ ref('int_actions__usage') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}
    where is_counted

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}
    where is_acceptable

),

lifts as (

    select * from {{ ref('int_quality_moves_judged') }}
    where is_advised and cost_change_usd < 0

),

feature_tasks as (

    select * from {{ ref('int_feature_tasks') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

counted as (

    select
        case when usage_actions.action_kind in ('unattached_volume', 'stopped_volume', 'storage_tier', 'empty_bucket', 'volume_type') then 'storage' else 'infrastructure' end as component_id,
        usage_actions.provider as provider_id,
        usage_actions.team_id,
        'machines' as made_on,
        scheduled.months_to_start,
        usage_actions.net_monthly_savings_usd,
        usage_actions.low_monthly_savings_usd
    from usage_actions
    inner join scheduled on usage_actions.action_id = scheduled.work_id
    union all
    select
        'ai' as component_id,
        cast(null as string) as provider_id,
        cast(null as string) as team_id,
        'calls' as made_on,
        scheduled.months_to_start,
        actions_on_calls.net_monthly_savings_usd,
        actions_on_calls.low_monthly_savings_usd
    from actions_on_calls
    inner join scheduled on actions_on_calls.work_id = scheduled.work_id

),

{# A saving on a task falls to the teams of its features, by what their calls cost of the task. #}
by_team as (

    select
        coalesce(features.team_id, 'unallocated') as team_id,
        scheduled.months_to_start,
        {{ money_of_double('cast(actions_on_calls.net_monthly_savings_usd as double) * feature_tasks.task_cost_share') }} as net_monthly_savings_usd,
        {{ money_of_double('cast(actions_on_calls.low_monthly_savings_usd as double) * feature_tasks.task_cost_share') }} as low_monthly_savings_usd
    from actions_on_calls
    inner join scheduled on actions_on_calls.work_id = scheduled.work_id
    inner join feature_tasks on actions_on_calls.task_type = feature_tasks.task_type
    left join features on feature_tasks.product_id = features.product_id and feature_tasks.feature_id = features.feature_id

),

{# What lifts a task to its quality floor for less than today is made wholly or not at all: nothing of it at the low end. #}
lifted_by_team as (

    select
        coalesce(features.team_id, 'unallocated') as team_id,
        kinds.months_to_start,
        {{ money_of_double('-cast(lifts.cost_change_usd as double) * feature_tasks.task_cost_share') }} as net_monthly_savings_usd,
        {{ money(0) }} as low_monthly_savings_usd
    from lifts
    inner join kinds on kinds.action_kind = 'model_switch'
    inner join feature_tasks on lifts.task_type = feature_tasks.task_type
    left join features on feature_tasks.product_id = features.product_id and feature_tasks.feature_id = features.feature_id
    where {{ is_worth_its_effort(effort_of('1'), '-lifts.cost_change_usd', 'false') }}

),

{# A switch takes calls off one provider's bill and may put them on another's. Batch and caching discounts are no provider's here: where they fall
   depends on how many calls move. #}
by_provider as (

    select
        switches.from_provider,
        switches.to_provider,
        scheduled.months_to_start,
        {{ money('switches.current_cost_usd * ' ~ kept) }} as left_usd,
        {{ money('switches.cost_after_usd * ' ~ kept) }} as added_usd,
        {{ money('switches.current_cost_usd * ' ~ kept_low) }} as left_low_usd,
        {{ money(money('switches.cost_after_usd * ' ~ more_tokens) ~ ' * ' ~ kept_low) }} as added_low_usd
    from switches
    inner join actions_on_calls
        on
            actions_on_calls.action_kind = 'model_switch'
            and switches.task_type = actions_on_calls.task_type
            and switches.to_provider = actions_on_calls.provider
            and switches.to_model = actions_on_calls.model
    inner join scheduled on actions_on_calls.work_id = scheduled.work_id

),

scoped as (

    select 'total' as scope, 'total' as scope_id, made_on, months_to_start, net_monthly_savings_usd, low_monthly_savings_usd from counted
    {%- for scope in ['component', 'provider', 'team'] %}
    union all
    select '{{ scope }}' as scope, {{ scope }}_id as scope_id, made_on, months_to_start, net_monthly_savings_usd, low_monthly_savings_usd from counted
    where {{ scope }}_id is not null
    {%- endfor %}
    union all
    select 'team' as scope, team_id as scope_id, 'calls' as made_on, months_to_start, net_monthly_savings_usd, low_monthly_savings_usd from by_team
    union all
    select 'team' as scope, team_id as scope_id, 'lifts' as made_on, months_to_start, net_monthly_savings_usd, low_monthly_savings_usd from lifted_by_team
    union all
    select 'provider' as scope, from_provider as scope_id, 'calls' as made_on, months_to_start, left_usd as net_monthly_savings_usd, left_low_usd as low_monthly_savings_usd
    from by_provider
    union all
    select 'provider' as scope, to_provider as scope_id, 'calls' as made_on, months_to_start, -added_usd as net_monthly_savings_usd, -added_low_usd as low_monthly_savings_usd
    from by_provider

),

summed as (

    select
        scope,
        scope_id,
        made_on,
        cast(months_to_start as double) as months_to_start,
        {{ money('sum(net_monthly_savings_usd)') }} as open_savings_usd,
        {{ money('sum(low_monthly_savings_usd)') }} as open_savings_low_usd
    from scoped
    group by scope, scope_id, made_on, cast(months_to_start as double)

)

select * from summed
