{# one row per machine with GPUs x provider that the same card could be had from, its own included: price, score, what the move saves and takes #}

with resources as (

    select * from {{ ref('int_resources_measured') }}
    where gpus > 0 and billed_hours > 0 and on_demand_cost_usd > 0

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

factors as (

    select * from {{ ref('placement_factors') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'provider_move'

),

{# What an hour of a card costs as the bills say: a price that somebody pays, not one on a list. #}
machines as (

    select
        resources.provider_name,
        resources.resource_id,
        resources.team_id,
        resources.on_demand_cost_usd,
        resources.gpus,
        types.gpu_model,
        {{ ratio('resources.on_demand_cost_usd', 'resources.billed_hours * resources.gpus') }} as usd_per_gpu_hour
    from resources
    inner join gpu_instance_types as types on resources.provider_name = types.provider_name and resources.instance_type = types.instance_type

),

{# A machine is sold with all of its cards: one with more of them is no place for this one. #}
offers as (

    select
        machines.provider_name as for_provider_name,
        machines.resource_id,
        others.provider_name,
        min(others.usd_per_gpu_hour) as usd_per_gpu_hour,
        cast(max(factors.compliance_score) as double) as compliance_score,
        cast(max(factors.performance_score) as double) as performance_score
    from machines
    inner join machines as others on machines.gpu_model = others.gpu_model
    inner join factors on others.provider_name = factors.provider_name
    where others.gpus <= machines.gpus
    group by machines.provider_name, machines.resource_id, others.provider_name

),

options as (

    select
        machines.provider_name,
        machines.resource_id,
        offers.provider_name as option_provider_name,
        machines.gpu_model,
        machines.team_id,
        machines.provider_name = offers.provider_name as is_current,
        machines.on_demand_cost_usd as monthly_cost_usd,
        case when machines.provider_name = offers.provider_name then machines.usd_per_gpu_hour else offers.usd_per_gpu_hour end as usd_per_gpu_hour,
        machines.usd_per_gpu_hour as current_usd_per_gpu_hour,
        offers.compliance_score,
        offers.performance_score
    from machines
    inner join offers on machines.provider_name = offers.for_provider_name and machines.resource_id = offers.resource_id

),

{# The cheapest place has a price score of 1, one of twice its price a half. #}
scored as (

    select
        options.*,
        min(options.usd_per_gpu_hour) over (partition by options.provider_name, options.resource_id) / options.usd_per_gpu_hour as price_score,
        case when not options.is_current then kinds.owner_role end as owner_role,
        case when not options.is_current then {{ days_in_words('kinds.effort_days + kinds.effort_days_per_part') }} end as effort,
        case
            when not options.is_current
                then {{ effort_of('1', assumption('migration_data_gb', 'decimal(12, 2)') ~ ' * ' ~ assumption('transfer_out_usd_per_gb', 'decimal(12, 4)')) }}
            else {{ money(0) }}
        end as migration_cost_usd,
        case when options.is_current then 0 else 1 - options.usd_per_gpu_hour / options.current_usd_per_gpu_hour end as price_lower_share
    from options
    cross join kinds

),

valued as (

    select
        *,
        price_score * {{ assumption('placement_cost_weight') }} + compliance_score * {{ assumption('placement_compliance_weight') }}
        + performance_score * {{ assumption('placement_performance_weight') }} as placement_score,
        {{ money_of_double('monthly_cost_usd * price_lower_share') }} as monthly_savings_usd
    from scored

),

ranked as (

    select
        *,
        {{ money('monthly_savings_usd * ' ~ assumption('provider_move_base_share', 'decimal(6, 4)')) }} as base_savings_usd,
        {{ money('monthly_savings_usd * ' ~ assumption('provider_move_low_share', 'decimal(6, 4)')) }} as low_savings_usd,
        {{ payback_months('migration_cost_usd', money('monthly_savings_usd * ' ~ assumption('provider_move_base_share', 'decimal(6, 4)'))) }} as payback_months,
        max(case when is_current then placement_score end) over (partition by provider_name, resource_id) as current_score,
        cast(row_number() over (
            partition by provider_name, resource_id order by placement_score desc, monthly_savings_usd desc, option_provider_name asc
        ) as bigint) as score_rank
    from valued

),

judged as (

    select
        *,
        case
            when is_current then 'where it is'
            when price_lower_share <= {{ assumption('arbitrage_from_share') }} then 'the price is not lower by enough'
            when payback_months > {{ assumption('action_payback_months_up_to') }} then 'the move would not come back in time'
            when placement_score <= current_score then 'cheaper, but worse for compliance or performance'
            else 'worth a closer look'
        end as verdict
    from ranked

),

{# A machine moves once: of several places that are worth a look the one with the highest score. #}
final as (

    select
        provider_name,
        resource_id,
        option_provider_name,
        gpu_model,
        team_id,
        is_current,
        usd_per_gpu_hour,
        price_lower_share,
        price_score,
        compliance_score,
        performance_score,
        placement_score,
        score_rank,
        monthly_cost_usd,
        monthly_savings_usd,
        base_savings_usd,
        low_savings_usd,
        migration_cost_usd,
        effort,
        owner_role,
        payback_months,
        verdict,
        verdict = 'worth a closer look'
        and row_number() over (partition by provider_name, resource_id order by case when verdict = 'worth a closer look' then 0 else 1 end, score_rank) = 1 as is_move_to_decide,
        {{ assumption('arbitrage_from_share') }} as lower_from_share,
        count(*) over (partition by provider_name, resource_id) > 1 as has_alternative
    from judged

)

select * from final
