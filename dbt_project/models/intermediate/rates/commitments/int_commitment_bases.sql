{# one row per series of usage on a bill x level of it that pays by itself, or would once its use is measured: the machines that this level rests on,
   and what of its saving hangs on an answer, on a move, or on one machine #}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}
    where usage_basis = 'after_actions' and outcome in ('pays', 'measure first') and history_id <> 'models'

),

lines as (

    select * from {{ ref('int_commitment_lines_by_hour') }}
    where not is_covered

),

optimized as (

    select * from {{ ref('int_usage_optimized') }}

),

machine_types as (

    select * from {{ ref('int_machine_types') }}

),

{# A plan on everything takes the highest discount first: of dollars at list price its level is no more than this. #}
levels as (

    select
        series_id,
        committed_units as level_units,
        case when max(group_id) = max(alternatives) then max(alternatives) else series_id end as usage_series_id,
        case
            when max(group_id) = max(alternatives) then {{ decimal_of_double(ratio('committed_units', '1 - max(discount_share)'), 'decimal(15, 6)') }}
            else committed_units
        end as usage_units,
        max(lookback_start_date) as first_date, max(lookback_end_date) as last_date, max(history_id) as provider_name, max(months_per_lookback) as months
    from outcomes
    group by series_id, committed_units

),

days as (

    select provider_name, max(first_date) as first_date, max(last_date) as last_date from levels
    group by provider_name

),

resources as (

    select
        provider_name, resource_id, max(team_id) as team_id,
        {{ accepted_type() }} as target,
        {{ share_left_to_commit_to() }} as left_share,
        {{ price_left_by_types() }} as resized_share,
        bool_or(action_kind = 'off_hours' and verdict = 'unknown') as is_to_ask
    from optimized
    group by provider_name, resource_id

),

placed as (

    select
        lines.provider_name, lines.usage_kind, lines.plan_scope, lines.region_id, lines.usage_hour_at,
        coalesce(lines.resource_id, '') as resource_id, types.instance_type as target, coalesce(types.family, lines.family) as family,
        case
            when types.family is null then lines.reserved_as else {{ reserved_as('types.instance_type', 'types.family', 'types.normalized_units', 'lines') }}
        end as reserved_as,
        {{ decimal_of_double('lines.machine_hours', 'decimal(15, 6)') }} as running_hours,
        {{ decimal_of_double('lines.machine_hours * coalesce(resources.left_share / resources.resized_share, 1) * case when types.family is null then lines.units_per_instance else '
            ~ units_of_machine('types.normalized_units', 'lines') ~ ' end', 'decimal(15, 6)') }} as machine_units,
        {{ decimal_of_double('lines.list_usd * coalesce(resources.left_share, 1)', 'decimal(15, 6)') }} as list_usd,
        {{ money_of_double('lines.on_demand_usd * coalesce(resources.left_share, 1)') }} as on_demand_usd
    from lines
    inner join days on lines.provider_name = days.provider_name and lines.charge_date between days.first_date and days.last_date
    left join resources on lines.provider_name = resources.provider_name and lines.resource_id = resources.resource_id
    left join machine_types as types on lines.provider_name = types.provider_name and resources.target = types.instance_type
    where coalesce(resources.left_share, 1) > 0

),

{# A line belongs to each series that it could be a part of. #}
hourly as (

    select {{ commitment_series('instances', 'placed.') }} as usage_series_id, placed.*, placed.machine_units as units from placed
    union all
    select {{ commitment_series('family', 'placed.') }} as usage_series_id, placed.*, placed.list_usd as units from placed
    union all
    select placed.provider_name || ' / ' || placed.plan_scope as usage_series_id, placed.*, placed.list_usd as units from placed

),

{# In each hour a level rests on what is longest in use; of that which is as long on what nothing is open of. #}
members as (

    select
        hourly.usage_series_id, hourly.resource_id, max(resources.team_id) as team_id, max(hourly.target) as target,
        coalesce(bool_or(resources.is_to_ask), false) as is_to_ask,
        sum(hourly.running_hours) as hours_in_use,
        row_number() over (
            partition by hourly.usage_series_id
            order by sum(hourly.running_hours) desc, coalesce(bool_or(resources.is_to_ask), false) asc, max(hourly.target) is not null asc, hourly.resource_id asc
        ) as place
    from hourly
    left join resources on hourly.provider_name = resources.provider_name and hourly.resource_id = resources.resource_id
    where hourly.units > 0 and hourly.usage_series_id in (select levels.usage_series_id from levels)
    group by hourly.usage_series_id, hourly.resource_id

),

stacked as (

    select
        hourly.usage_series_id, members.place, hourly.units, hourly.on_demand_usd,
        cast(sum(hourly.units) over (
            partition by hourly.usage_series_id, hourly.usage_hour_at order by members.place asc rows between unbounded preceding and current row
        ) - hourly.units as decimal(15, 6)) as units_before
    from hourly
    inner join members on hourly.usage_series_id = members.usage_series_id and hourly.resource_id = members.resource_id
    where hourly.units > 0

),

{# Hours in which a machine stands at the same place of the stack are one row: there are few of them, however many hours. #}
alike as (

    select usage_series_id, place, units, units_before, {{ money('sum(on_demand_usd)') }} as on_demand_usd from stacked
    group by usage_series_id, place, units, units_before

),

taken as (

    select
        levels.series_id, levels.level_units,
        nullif(max(members.resource_id), '') as resource_id,
        max(members.team_id) as team_id, max(members.target) as target, bool_or(members.is_to_ask) as is_to_ask,
        max(members.resource_id || coalesce(' of ' || members.team_id, '')) as named,
        {{ ratio(assumption('off_hours_kept_per_week'), ratio('max(members.hours_in_use)', '(' ~ days_between('max(levels.first_date)', 'max(levels.last_date)') ~ ' + 1) / 7.0')) }} as kept_share,
        max(least(levels.usage_units - alike.units_before, alike.units)) as most_units,
        {{ money(money('sum(' ~ money_of_double(
            'cast(alike.on_demand_usd as double) * ' ~ ratio('least(levels.usage_units - alike.units_before, alike.units)', 'alike.units')
        ) ~ ')') ~ ' * max(levels.months)') }} as covered_usd
    from levels
    inner join alike on levels.usage_series_id = alike.usage_series_id and alike.units_before < levels.usage_units
    inner join members on alike.usage_series_id = members.usage_series_id and alike.place = members.place
    group by levels.series_id, levels.level_units, members.place

),

teams as (

    select
        series_id, level_units,
        coalesce(team_id, 'shared') as team_id,
        {{ ratio('sum(covered_usd)', 'sum(sum(covered_usd)) over (partition by series_id, level_units)') }} as team_share,
        row_number() over (partition by series_id, level_units order by sum(covered_usd) desc, coalesce(team_id, 'shared') asc) as team_rank
    from taken
    group by series_id, level_units, coalesce(team_id, 'shared')

),

users as (

    select
        series_id, level_units,
        {{ string_agg_sorted("case when team_rank <= 5 then team_id || ' ' || " ~ percent_text('team_share') ~ ' end', ', ', by='team_rank') }} as used_by
    from teams
    group by series_id, level_units

),

ranked as (

    select
        *,
        row_number() over (partition by series_id, level_units, is_to_ask order by covered_usd desc, resource_id asc) as ask_rank,
        row_number() over (partition by series_id, level_units, target is not null order by covered_usd desc, resource_id asc) as move_rank
    from taken

),

final as (

    select
        ranked.series_id, ranked.level_units, min(users.used_by) as used_by,
        case when count(ranked.resource_id) = count(*) then cast(count(*) as integer) end as machines,
        case when count(*) = 1 then min(ranked.resource_id) end as only_resource_id,
        max(case when ranked.resource_id is not null then ranked.most_units end) as largest_units,
        max(case when ranked.resource_id is not null then ranked.covered_usd end) as largest_monthly_usd,
        cast(count(case when ranked.is_to_ask then 1 end) as integer) as machines_to_ask,
        {{ some_named('ranked.named', 'ranked.is_to_ask', 'ranked.ask_rank') }} as named_to_ask,
        {{ money('sum(case when ranked.is_to_ask then ' ~ money_of_double('cast(ranked.covered_usd as double) * greatest(1 - ranked.kept_share, 0)') ~ ' end)') }} as asked_monthly_usd,
        cast(count(ranked.target) as integer) as machines_to_move,
        {{ some_named("ranked.named || ' to ' || ranked.target", 'ranked.target is not null', 'ranked.move_rank') }} as named_to_move,
        max(case when ranked.target is not null then ranked.covered_usd end) as largest_move_monthly_usd,
        {{ ratio('coalesce(sum(case when ranked.target is not null then ranked.covered_usd end), 0)', 'sum(ranked.covered_usd)') }} as simulated_share
    from ranked
    inner join users on ranked.series_id = users.series_id and ranked.level_units = users.level_units
    group by ranked.series_id, ranked.level_units

)

select * from final
