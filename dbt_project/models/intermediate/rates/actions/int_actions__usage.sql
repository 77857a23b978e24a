{# one row per kind of action on machines, volumes and buckets x provider x team that has some worth doing; at example prices apart #}

{{ config(materialized=view_or_table()) }}

with optimized as (

    select * from {{ ref('int_usage_optimized') }}
    where is_accepted

),

resources as (

    select * from {{ ref('dim_resources') }}

),

{# Of no team nobody leads: who has the account is to be asked. #}
accounts as (

    select distinct optimized.action_kind, optimized.provider_name, optimized.is_illustrative, resources.account_id
    from optimized
    inner join resources on optimized.provider_name = resources.provider_name and optimized.resource_id = resources.resource_id
    where optimized.team_id = 'unallocated' and resources.account_id is not null

),

account_owners as (

    select
        action_kind,
        provider_name,
        is_illustrative,
        case
            when count(*) = 1 then 'Owner of account ' || max(account_id)
            when count(*) <= 3 then 'Owners of accounts ' || {{ string_agg_sorted('account_id', ', ') }}
            else 'Owners of ' || cast(count(*) as string) || ' accounts'
        end as account_owner
    from accounts
    group by action_kind, provider_name, is_illustrative

),

summed as (

    select
        optimized.action_kind,
        optimized.provider_name,
        optimized.team_id,
        optimized.is_illustrative,
        count(*) as parts,
        {{ money('sum(optimized.scope_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(optimized.gross_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(optimized.net_usd)') }} as net_monthly_savings_usd,
        {{ money_of_double(stable_sum('optimized.net_usd * optimized.low_of_saving')) }} as low_usd,
        {{ money_of_double(stable_sum('optimized.net_usd * optimized.high_of_saving')) }} as high_usd,
        {{ money('sum(optimized.one_off_cost_usd)') }} as one_off_cost_usd
    from optimized
    group by optimized.action_kind, optimized.provider_name, optimized.team_id, optimized.is_illustrative

),

actions as (

    select
        summed.action_kind,
        {{ usage_action_id('summed') }} as action_id,
        case when summed.parts = 1 then 'one ' else cast(summed.parts as string) || ' ' end
        || case summed.action_kind
            when 'idle_machine' then 'idle machine'
            when 'unattached_volume' then 'unattached volume'
            when 'stopped_volume' then 'volume'
            when 'storage_tier' then 'bucket'
            when 'empty_bucket' then 'empty bucket'
            when 'volume_type' then 'volume'
            else 'machine'
        end
        || case when summed.parts = 1 then '' else 's' end
        || case summed.action_kind
            when 'stopped_volume' then ' of stopped machines'
            when 'off_hours' then ' at night and on weekends'
            when 'right_size' then ' to a smaller type'
            when 'cheaper_type' then ' to a cheaper type that is at least as large'
            when 'arm_type' then ' to arm64, once their software is built for it'
            when 'gpu_idle' then ' with idle GPUs'
            when 'spot' then ' to spare capacity'
            when 'storage_tier' then ' to a cheaper storage class'
            when 'volume_type' then ' to a newer type'
            else ''
        end
        || ', ' || summed.provider_name || case when summed.team_id = 'unallocated' then ', of no team' else ', ' || summed.team_id end
        || case when summed.is_illustrative then ', at example prices' else '' end as subject,
        cast(null as string) as task_type,
        summed.provider_name as provider,
        summed.team_id,
        account_owners.account_owner,
        cast(null as string) as model,
        summed.scope_cost_usd,
        summed.gross_monthly_savings_usd,
        summed.net_monthly_savings_usd,
        {# Of doubles the last digits may part from the sum that they are made of. #}
        least(summed.low_usd, summed.net_monthly_savings_usd) as low_monthly_savings_usd,
        greatest(summed.high_usd, summed.net_monthly_savings_usd) as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'rates.rpt_usage_optimizations' as source_mart,
        summed.is_illustrative,
        cast(summed.parts as bigint) as parts,
        summed.one_off_cost_usd
    from summed
    left join account_owners
        on
            case when summed.team_id = 'unallocated' then summed.action_kind end = account_owners.action_kind
            and summed.provider_name = account_owners.provider_name and summed.is_illustrative = account_owners.is_illustrative

)

select * from actions
