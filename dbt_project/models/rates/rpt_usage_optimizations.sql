{# one row per resource x way to pay less for it: what it saves, or why not, or what is not known #}

with optimized as (

    select * from {{ ref('int_usage_optimized') }}

),

resources as (

    select * from {{ ref('dim_resources') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

accepted as (

    select * from {{ ref('int_savings_accepted') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

instance_prices as (

    select * from {{ ref('instance_prices') }}

),

volume_types as (

    select * from {{ ref('volume_types') }}

),

storage_classes as (

    select * from {{ ref('storage_classes') }}

),

listed as (

    select provider_name, instance_type as target, region_id, valid_from, valid_to, source from instance_prices
    union all
    select provider_name, volume_type as target, region_id, valid_from, valid_to, source from volume_types
    union all
    select provider_name, storage_class as target, region_id, valid_from, valid_to, cast(null as string) as source from storage_classes

),

prices as (

    select
        listed.provider_name,
        listed.target,
        listed.region_id,
        listed.source,
        listed.valid_from
    from listed
    inner join as_of on listed.valid_from <= as_of.as_of_date and as_of.as_of_date < listed.valid_to

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

decided as (

    select
        provider_name,
        resource_id,
        action_kind,
        max(accepted_date) as decided_date
    from accepted
    where resource_id is not null
    group by provider_name, resource_id, action_kind

),

final as (

    select
        optimized.provider_name,
        optimized.resource_id,
        optimized.action_kind,
        optimized.applied_order,
        resources.resource_name,
        resources.resource_type,
        resources.instance_type,
        resources.storage_class,
        resources.region_id,
        resources.account_id,
        resources.state,
        optimized.team_id,
        resources.user_id,
        optimized.verdict,
        case when optimized.is_accepted then optimized.evidence else optimized.reason_against || coalesce(' (' || optimized.evidence || ')', '') end as reason,
        optimized.target,
        prices.source as price_source,
        prices.valid_from as price_valid_from_date,
        optimized.scope_cost_usd,
        optimized.gross_usd as gross_monthly_savings_usd,
        case when optimized.is_accepted then {{ money('optimized.gross_usd - optimized.net_usd') }} end as overlap_usd,
        optimized.possible_usd as possible_monthly_savings_usd,
        optimized.net_usd as monthly_savings_usd,
        case when optimized.is_accepted then least({{ money_of_double('optimized.net_usd * optimized.low_of_saving') }}, optimized.net_usd) else {{ money(0) }} end
            as low_monthly_savings_usd,
        case when optimized.is_accepted then greatest({{ money_of_double('optimized.net_usd * optimized.high_of_saving') }}, optimized.net_usd) else {{ money(0) }} end
            as high_monthly_savings_usd,
        optimized.cost_after_usd,
        optimized.effort_usd,
        {{ payback_months('optimized.effort_usd', 'optimized.net_usd') }} as payback_months,
        cast(coalesce(scheduled.months_to_start, kinds.months_to_start) as double) as months_to_start,
        cast(coalesce(scheduled.months_to_start, kinds.months_to_start) as double) + {{ payback_months('optimized.effort_usd', 'optimized.net_usd') }} as payback_with_start_months,
        kinds.assumption,
        kinds.confidence,
        kinds.owner_role,
        kinds.first_step,
        optimized.is_illustrative,
        case when optimized.is_accepted then {{ usage_action_id('optimized') }} end as work_id,
        case when optimized.is_accepted then decided.decided_date end as decided_date,
        row_number() over (
            partition by optimized.provider_name, optimized.resource_id order by optimized.scope_cost_usd desc nulls last, optimized.applied_order asc
        ) = 1 as is_dearest_of_resource,
        optimized.verdict = 'unknown' and row_number() over (
            partition by optimized.provider_name, optimized.resource_id, optimized.verdict order by optimized.applied_order
        ) = 1 as is_first_unknown_of_resource
    from optimized
    inner join resources on optimized.provider_name = resources.provider_name and optimized.resource_id = resources.resource_id
    inner join kinds on optimized.action_kind = kinds.action_kind
    left join scheduled on optimized.is_accepted and {{ usage_action_id('optimized') }} = scheduled.work_id
    left join prices
        on
            optimized.provider_name = prices.provider_name
            and resources.region_id = prices.region_id
            and case optimized.action_kind when 'spot' then resources.instance_type else optimized.target end = prices.target
    left join decided
        on
            optimized.provider_name = decided.provider_name
            and optimized.resource_id = decided.resource_id
            and optimized.action_kind = decided.action_kind

)

select * from final
