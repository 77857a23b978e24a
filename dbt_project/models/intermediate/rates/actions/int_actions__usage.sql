{# one row per kind of action on machines, volumes and buckets x provider x team that has some worth doing; at example prices apart #}

{{ config(materialized=view_or_table()) }}

with optimized as (

    select * from {{ ref('int_usage_optimized') }}
    where is_accepted

),

resources as (

    select * from {{ ref('dim_resources') }}

),

summed as (

    select
        optimized.action_kind,
        optimized.provider_name,
        optimized.team_id,
        optimized.is_illustrative,
        {# Of no team nobody leads: who has the account is to be asked. #}
        case
            when optimized.team_id = 'unallocated' and count(distinct resources.account_id) = 1 then 'Owner of account ' || max(resources.account_id)
            when optimized.team_id = 'unallocated' and count(distinct resources.account_id) > 1 then 'Owners of ' || cast(count(distinct resources.account_id) as string) || ' accounts'
        end as account_owner,
        count(*) as parts,
        {{ money('sum(optimized.scope_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(optimized.gross_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(optimized.net_usd)') }} as net_monthly_savings_usd,
        {{ money_of_double(stable_sum('optimized.net_usd * optimized.low_of_saving')) }} as low_usd,
        {{ money_of_double(stable_sum('optimized.net_usd * optimized.high_of_saving')) }} as high_usd,
        {{ money('sum(optimized.one_off_cost_usd)') }} as one_off_cost_usd
    from optimized
    left join resources on optimized.provider_name = resources.provider_name and optimized.resource_id = resources.resource_id
    group by optimized.action_kind, optimized.provider_name, optimized.team_id, optimized.is_illustrative

),

actions as (

    select
        action_kind,
        {{ usage_action_id() }} as action_id,
        case when parts = 1 then 'one ' else cast(parts as string) || ' ' end
        || case action_kind
            when 'idle_machine' then 'idle machine'
            when 'unattached_volume' then 'unattached volume'
            when 'stopped_volume' then 'volume'
            when 'storage_tier' then 'bucket'
            when 'empty_bucket' then 'empty bucket'
            when 'volume_type' then 'volume'
            else 'machine'
        end
        || case when parts = 1 then '' else 's' end
        || case action_kind
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
        || ', ' || provider_name || case when team_id = 'unallocated' then ', of no team' else ', ' || team_id end
        || case when is_illustrative then ', at example prices' else '' end as subject,
        cast(null as string) as task_type,
        provider_name as provider,
        team_id,
        account_owner,
        cast(null as string) as model,
        scope_cost_usd,
        gross_monthly_savings_usd,
        net_monthly_savings_usd,
        {# Of doubles the last digits may part from the sum that they are made of. #}
        least(low_usd, net_monthly_savings_usd) as low_monthly_savings_usd,
        greatest(high_usd, net_monthly_savings_usd) as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'rates.rpt_usage_optimizations' as source_mart,
        is_illustrative,
        cast(parts as bigint) as parts,
        one_off_cost_usd
    from summed

)

select * from actions
