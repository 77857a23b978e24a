{# one row per team with machines without GPUs on demand at a provider x other provider with prices on file: what its machines that are lower by enough would cost
   there, what the move takes, and how the place scores #}

with resources as (

    select * from {{ ref('int_resources_measured') }}

),

instance_types as (

    select * from {{ ref('instance_types') }}

),

instance_prices as (

    select * from {{ ref('instance_prices') }}

),

factors as (

    select * from {{ ref('placement_factors') }}

),

{# The move to another provider, and for each machine the days that it takes in a move to another region. #}
kinds as (

    select
        max(case when action_kind = 'provider_move' then owner_role end) as owner_role,
        max(case when action_kind = 'provider_move' then effort_days end) as effort_days,
        max(case when action_kind = 'region_move' then effort_days_per_part end) as effort_days_per_part,
        max(case when action_kind = 'provider_move' then usd_per_effort_day end) as usd_per_effort_day
    from {{ ref('savings_actions') }}

),

volumes as (

    select
        provider_name,
        attached_resource_id,
        cast(sum(size_gb) as decimal(18, 6)) as size_gb
    from resources
    where attached_resource_id is not null
    group by provider_name, attached_resource_id

),

priced as (

    select
        types.provider_name, types.instance_type, types.vcpus, types.memory_gb, types.baseline_cpu_share, types.architecture,
        prices.region_id, prices.on_demand_usd_per_hour, prices.valid_from, prices.valid_to
    from instance_types as types
    inner join instance_prices as prices on types.provider_name = prices.provider_name and types.instance_type = prices.instance_type

),

machines as (

    select
        resources.provider_name, resources.resource_id, resources.region_id, resources.team_id, resources.window_end_date, resources.on_demand_cost_usd,
        coalesce(volumes.size_gb, {{ assumption('migration_data_gb', 'decimal(12, 2)') }}) as moved_gb,
        here.vcpus, here.memory_gb, here.baseline_cpu_share, here.architecture,
        here.on_demand_usd_per_hour
    from resources
    left join volumes on resources.provider_name = volumes.provider_name and resources.resource_id = volumes.attached_resource_id
    left join priced as here
        on
            resources.provider_name = here.provider_name and resources.instance_type = here.instance_type and resources.region_id = here.region_id
            and here.valid_from <= resources.window_end_date and resources.window_end_date < here.valid_to
    where resources.instance_type is not null and resources.gpus is null and resources.billed_hours > 0 and {{ gone_or_discounted('resources') }} is null

),

{# As large at least, in whichever of its regions the price is on file, the cheapest: on paper, since where the data may lie no bill says. #}
fitting as (

    select
        machines.*,
        there.provider_name as option_provider_name,
        there.region_id as option_region_id,
        1 - {{ ratio('there.on_demand_usd_per_hour', 'machines.on_demand_usd_per_hour') }} as price_lower_share
    from machines
    inner join priced as there
        on
            machines.architecture = there.architecture and machines.provider_name <> there.provider_name
            and there.valid_from <= machines.window_end_date and machines.window_end_date < there.valid_to
    where there.vcpus >= machines.vcpus and there.memory_gb >= machines.memory_gb and there.baseline_cpu_share >= machines.baseline_cpu_share
    qualify row_number() over (
        partition by machines.provider_name, machines.resource_id, there.provider_name
        order by there.on_demand_usd_per_hour asc, there.instance_type asc, there.region_id asc
    ) = 1

),

teams as (

    select
        provider_name, team_id,
        count(*) as machines,
        {{ money('sum(on_demand_cost_usd)') }} as monthly_cost_usd
    from machines
    group by provider_name, team_id

),

moves as (

    select
        provider_name, team_id, option_provider_name,
        count(*) as priced_machines,
        max(price_lower_share) as largest_lower_share,
        count(distinct case when price_lower_share > {{ assumption('arbitrage_from_share') }} then region_id end) as move_regions,
        count(case when price_lower_share > {{ assumption('arbitrage_from_share') }} then 1 end) as move_machines,
        max(case when price_lower_share > {{ assumption('arbitrage_from_share') }} then option_region_id end) as option_region_id,
        {{ money('sum(case when price_lower_share > ' ~ assumption('arbitrage_from_share') ~ ' then on_demand_cost_usd end)') }} as move_cost_today_usd,
        {{ money('sum(case when price_lower_share > ' ~ assumption('arbitrage_from_share') ~ ' then ' ~ money_of_double('on_demand_cost_usd * price_lower_share') ~ ' end)') }}
            as monthly_savings_usd,
        cast(sum(case when price_lower_share > {{ assumption('arbitrage_from_share') }} then moved_gb end) as decimal(18, 6)) as moved_gb
    from fitting
    group by provider_name, team_id, option_provider_name

),

valued as (

    select
        moves.*,
        teams.machines,
        teams.monthly_cost_usd,
        {{ money('moves.monthly_savings_usd * ' ~ assumption('provider_move_base_share', 'decimal(6, 4)')) }} as base_savings_usd,
        {{ money('moves.monthly_savings_usd * ' ~ assumption('provider_move_low_share', 'decimal(6, 4)')) }} as low_savings_usd,
        case when moves.move_machines > 0 then {{ effort_of('moves.move_machines', 'moves.moved_gb * ' ~ assumption('transfer_out_usd_per_gb', 'decimal(12, 4)')) }} end as migration_cost_usd,
        case when moves.move_machines > 0 then {{ days_in_words('kinds.effort_days + kinds.effort_days_per_part * moves.move_machines') }} end as effort,
        case when moves.move_machines > 0 then kinds.owner_role end as owner_role,
        {# The cheaper of the two places has a price score of 1. #}
        {{ assumption('placement_cost_weight') }} + cast(there.compliance_score as double) * {{ assumption('placement_compliance_weight') }}
        + cast(there.performance_score as double) * {{ assumption('placement_performance_weight') }} as placement_score,
        (1 - {{ ratio('moves.monthly_savings_usd', 'moves.move_cost_today_usd') }}) * {{ assumption('placement_cost_weight') }}
        + cast(here.compliance_score as double) * {{ assumption('placement_compliance_weight') }}
        + cast(here.performance_score as double) * {{ assumption('placement_performance_weight') }} as current_score
    from moves
    inner join teams on moves.provider_name = teams.provider_name and moves.team_id = teams.team_id
    inner join factors as here on moves.provider_name = here.provider_name
    inner join factors as there on moves.option_provider_name = there.provider_name
    cross join kinds

),

final as (

    select
        provider_name, team_id, option_provider_name, option_region_id,
        cast(machines as bigint) as machines, cast(priced_machines as bigint) as priced_machines, cast(move_machines as bigint) as move_machines, cast(move_regions as bigint) as move_regions,
        monthly_cost_usd, largest_lower_share, monthly_savings_usd, base_savings_usd, low_savings_usd, migration_cost_usd, effort, owner_role,
        {{ payback_months('migration_cost_usd', 'base_savings_usd') }} as payback_months,
        case when move_machines > 0 then placement_score end as placement_score,
        current_score,
        {{ assumption('arbitrage_from_share') }} as lower_from_share,
        case
            when move_machines = 0 then 'the price is not lower by enough'
            when cast(migration_cost_usd as double) > cast(base_savings_usd as double) * {{ assumption('action_payback_months_up_to') }} then 'the move would not come back in time'
            when placement_score <= current_score then 'cheaper, but worse for compliance or performance'
            else 'worth a closer look'
        end as verdict
    from valued

)

select * from final
