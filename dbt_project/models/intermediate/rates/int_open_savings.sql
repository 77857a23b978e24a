{# one row per scope of a budget with open savings: what the counted actions take off its cost a month #}

with usage_actions as (

    select * from {{ ref('int_actions__usage') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

{# A saving on calls is no team's, and a switch may move the cost to another provider. #}
counted as (

    select
        case when usage_actions.action_kind in ('unattached_volume', 'stopped_volume', 'storage_tier', 'empty_bucket') then 'storage' else 'infrastructure' end as component_id,
        usage_actions.provider as provider_id,
        usage_actions.team_id,
        usage_actions.net_monthly_savings_usd
    from usage_actions
    inner join kinds on usage_actions.action_kind = kinds.action_kind
    where {{ is_worth_its_effort(effort_of('usage_actions.parts', 'usage_actions.one_off_cost_usd'), 'usage_actions.net_monthly_savings_usd', 'usage_actions.is_illustrative') }}
    union all
    select
        'ai' as component_id,
        cast(null as string) as provider_id,
        cast(null as string) as team_id,
        net_monthly_savings_usd
    from actions_on_calls
    where is_counted

),

scoped as (

    select 'total' as scope, 'total' as scope_id, net_monthly_savings_usd from counted
    {%- for scope in ['component', 'provider', 'team'] %}
    union all
    select '{{ scope }}' as scope, {{ scope }}_id as scope_id, net_monthly_savings_usd from counted
    where {{ scope }}_id is not null
    {%- endfor %}

),

summed as (

    select
        scope,
        scope_id,
        {{ money('sum(net_monthly_savings_usd)') }} as open_savings_usd
    from scoped
    group by scope, scope_id

)

select * from summed
