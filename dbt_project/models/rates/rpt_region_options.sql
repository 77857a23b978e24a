{# one row per machine that a bill charges for x other region in which its type is priced: what it would cost there, and whether the move of its team's comes back #}

with resources as (

    select * from {{ ref('int_resources_measured') }}

),

instance_prices as (

    select * from {{ ref('instance_prices') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'region_move'

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

{# A commitment holds in one region: what it pays for does not move. #}
machines as (

    select
        resources.provider_name,
        resources.resource_id,
        resources.instance_type,
        coalesce(resources.gpus, 0) as gpus,
        resources.region_id,
        resources.team_id,
        resources.window_end_date,
        resources.on_demand_cost_usd,
        coalesce(volumes.size_gb, {{ assumption('migration_data_gb', 'decimal(12, 2)') }}) as moved_gb,
        prices.on_demand_usd_per_hour as list_usd_per_hour
    from resources
    left join volumes on resources.provider_name = volumes.provider_name and resources.resource_id = volumes.attached_resource_id
    left join instance_prices as prices
        on
            resources.provider_name = prices.provider_name
            and resources.instance_type = prices.instance_type
            and resources.region_id = prices.region_id
            and prices.valid_from <= resources.window_end_date
            and resources.window_end_date < prices.valid_to
    where resources.instance_type is not null and resources.billed_hours > 0 and {{ gone_or_discounted('resources') }} is null

),

options as (

    select
        machines.*,
        prices.region_id as option_region_id,
        prices.on_demand_usd_per_hour as option_list_usd_per_hour,
        1 - {{ ratio('prices.on_demand_usd_per_hour', 'machines.list_usd_per_hour') }} as price_lower_share
    from machines
    left join instance_prices as prices
        on
            machines.provider_name = prices.provider_name
            and machines.instance_type = prices.instance_type
            and machines.region_id <> prices.region_id
            and prices.valid_from <= machines.window_end_date
            and machines.window_end_date < prices.valid_to

),

{# Of the price that is paid, by the ratio of the two list prices: a discount that was negotiated stays. #}
valued as (

    select
        *,
        coalesce(price_lower_share > {{ assumption('arbitrage_from_share') }}, false) as is_lower_by_enough,
        {{ money_of_double('on_demand_cost_usd * price_lower_share') }} as monthly_savings_usd
    from options

),

{# Nobody moves one machine: those of a team that leave a region for the same other one are one work. #}
moves as (

    select
        valued.provider_name,
        valued.team_id,
        valued.region_id,
        valued.option_region_id,
        count(*) as move_machines,
        {{ money('sum(valued.monthly_savings_usd)') }} as move_monthly_savings_usd,
        {{ money(money('sum(valued.monthly_savings_usd)') ~ ' * ' ~ assumption('region_move_base_share', 'decimal(6, 4)')) }} as move_base_savings_usd,
        {{ money(money('sum(valued.monthly_savings_usd)') ~ ' * ' ~ assumption('region_move_low_share', 'decimal(6, 4)')) }} as move_low_savings_usd,
        max(kinds.owner_role) as owner_role,
        max(kinds.effort_days) + max(kinds.effort_days_per_part) * count(*) as move_days,
        {{ money(
            '(max(kinds.effort_days) + max(kinds.effort_days_per_part) * count(*)) * max(kinds.usd_per_effort_day)'
            ~ ' + cast(sum(valued.moved_gb) as decimal(18, 6)) * ' ~ assumption('region_transfer_usd_per_gb', 'decimal(12, 4)')
        ) }} as move_cost_usd
    from valued
    cross join kinds
    where valued.is_lower_by_enough
    group by valued.provider_name, valued.team_id, valued.region_id, valued.option_region_id

),

costed as (

    select
        valued.*,
        moves.move_machines,
        moves.move_monthly_savings_usd,
        moves.move_base_savings_usd,
        moves.move_low_savings_usd,
        moves.move_cost_usd,
        moves.owner_role,
        {{ days_in_words('moves.move_days') }} as move_effort,
        {{ payback_months('moves.move_cost_usd', 'moves.move_base_savings_usd') }} as payback_months,
        row_number() over (
            partition by valued.provider_name, valued.resource_id order by valued.option_list_usd_per_hour asc nulls last, valued.option_region_id asc nulls last
        ) = 1 as is_cheapest_region
    from valued
    left join moves
        on
            valued.provider_name = moves.provider_name
            and valued.team_id = moves.team_id
            and valued.region_id = moves.region_id
            and case when valued.is_lower_by_enough then valued.option_region_id end = moves.option_region_id

),

final as (

    select
        provider_name,
        resource_id,
        instance_type,
        gpus,
        team_id,
        region_id,
        option_region_id,
        list_usd_per_hour,
        option_list_usd_per_hour,
        price_lower_share,
        on_demand_cost_usd as monthly_cost_usd,
        monthly_savings_usd,
        cast(move_machines as bigint) as move_machines,
        move_monthly_savings_usd,
        move_base_savings_usd,
        move_low_savings_usd,
        move_cost_usd,
        move_effort,
        owner_role,
        payback_months,
        {{ assumption('arbitrage_from_share') }} as lower_from_share,
        is_cheapest_region,
        is_cheapest_region and price_lower_share > 0 as is_lower,
        case
            when list_usd_per_hour is null then 'the price of its type in its region is not on file'
            when option_region_id is null then 'no price of its type in another region is on file'
            when not is_lower_by_enough then 'the price is not lower by enough'
            when payback_months > {{ assumption('action_payback_months_up_to') }} then 'the move would not come back in time'
            else 'worth a closer look'
        end as verdict
    from costed

)

select * from final
