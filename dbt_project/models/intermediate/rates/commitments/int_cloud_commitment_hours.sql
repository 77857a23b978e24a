{# one row per series of usage that an offer of a cloud could cover, or that an owned commitment covers, x hour x discount within the hour.
   A reservation covers machines of a family, a plan dollars at list price on a family, or on everything, the highest discount first #}

{% set place = ['provider_name', 'usage_kind', 'plan_scope', 'family', 'reserved_as', 'region_id'] %}
{% set of_the_hour = money('sum(hourly.list_cost_usd)') ~ ' as list_cost_usd, ' ~ money('sum(hourly.on_demand_cost_usd)') ~ ' as on_demand_cost_usd, '
    ~ money('sum(hourly.measured_cost_usd)') ~ ' as measured_cost_usd' %}
{% set used_usd = '(cast(sum(used.own_usd) as double) + cast(sum(used.beside_usd) as double) * owned.paid_share)' %}
{% set nothing = 'null as usage_kind, null as family, null as region_id, null as reserved_as, null as smallest_units' %}
{% set is_covered_by_it = 'hourly.provider_name = {0}.provider_name and hourly.usage_kind = {0}.usage_kind and hourly.family = {0}.family and hourly.region_id = {0}.region_id' %}

with lines as (

    select * from {{ ref('int_commitment_lines_by_hour') }}

),

rates as (

    select * from {{ ref('int_cloud_offer_rates') }}

),

machine_types as (

    select * from {{ ref('int_machine_types') }}

),

{# What the actions leave of a resource: those that are accepted, and of one that a commitment pays for what can be done once that has ended. One that is
   to stand still at night, or to run on spare capacity, is nothing to commit to. What becomes of another type costs less, and is as many machines. #}
left_over as (

    select
        provider_name, resource_id,
        bool_and(is_use_measured) as is_use_measured,
        {{ accepted_type() }} as target,
        {{ share_left_to_commit_to() }} as left_share,
        {{ price_left_by_types() }} as resized_share,
        1 - coalesce(max(case when action_kind in ('idle_machine', 'off_hours', 'spot') and saved_once_free_share > 0 then 1 when action_kind = 'right_size' then saved_once_free_share end), 0)
            as left_once_free_share,
        max(case when action_kind = 'right_size' and saved_once_free_share > 0 then target end) as target_once_free
    from {{ ref('int_usage_optimized') }}
    group by provider_name, resource_id

),

histories as (

    select history_id, min(first_date) as first_date, max(last_date) as last_date from {{ ref('int_commitment_cases') }}
    group by history_id

),

{# A machine that takes another type is usage of that one's family; a commitment to machines or a family has none of it then. #}
slots as (

    select
        case when lines.is_covered then {{ owned_commitment_series('lines.provider_name', "coalesce(lines.commitment_discount_id, 'unknown')") }} end as owned_series_id,
        lines.provider_name, lines.usage_kind, lines.plan_scope, lines.region_id, lines.reach, lines.usage_hour_at,
        coalesce(types.family, lines.family) as family,
        case
            when types.family is null then lines.reserved_as else {{ reserved_as('types.instance_type', 'types.family', 'types.normalized_units', 'lines') }}
        end as reserved_as,
        case when types.family is null then lines.units_per_instance else {{ units_of_machine('types.normalized_units', 'lines') }} end as units_per_instance,
        {# Only a machine can be idle while it is paid. #}
        not lines.is_by_instance or coalesce(left_over.is_use_measured, false) as is_use_measured,
        lines.machine_hours * coalesce(left_over.left_share / left_over.resized_share, 1) as machine_hours,
        case
            when not lines.is_covered then coalesce(left_over.left_share, 1)
            when lines.reach in ('reservation', 'family') and once_free.family <> lines.family then 0
            else coalesce(left_over.left_once_free_share, 1)
        end as left_share,
        lines.list_usd, lines.on_demand_usd,
        case when lines.is_covered then lines.paid_usd else 0 end as owned_usd,
        case when lines.is_covered then lines.list_usd else 0 end as owned_list_usd
    from lines
    inner join histories on lines.provider_name = histories.history_id and lines.charge_date between histories.first_date and histories.last_date
    left join left_over on lines.provider_name = left_over.provider_name and lines.resource_id = left_over.resource_id
    left join machine_types as types on lines.provider_name = types.provider_name and case when not lines.is_covered then left_over.target end = types.instance_type
    left join machine_types as once_free on lines.provider_name = once_free.provider_name and left_over.target_once_free = once_free.instance_type

),

hourly as (

    select
        owned_series_id, {{ place | join(', ') }}, reach, usage_hour_at,
        {% for name, cost in [
            ('list_cost_usd', 'list_usd * left_share'), ('on_demand_cost_usd', 'on_demand_usd * left_share'), ('owned_cost_usd', 'owned_usd'), ('owned_list_usd', 'owned_list_usd'),
            ('measured_cost_usd', 'case when is_use_measured then on_demand_usd * left_share else 0 end')
        ] -%}
        {{ money('sum(' ~ money_of_double(cost) ~ ')') }} as {{ name }},
        {% endfor -%}
        min(units_per_instance) as smallest_units,
        cast(sum({{ decimal_of_double('machine_hours * units_per_instance', 'decimal(15, 6)') }}) as decimal(15, 6)) as units
    from slots
    where left_share > 0 or owned_series_id is not null
    group by owned_series_id, {{ place | join(', ') }}, reach, usage_hour_at

),

{# A unit of what is owned is a dollar that it costs, and its list price on demand; never more of them than were in use at once. One that left hours unused
   has shown that nothing beside it takes them. #}
owned as (

    select
        owned_series_id, provider_name, {{ ratio('sum(cost_usd)', 'sum(list_usd)') }} as paid_share, max(cost_usd) as most_usd,
        cast(sum(cost_usd) as double) >= cast(max(cost_usd) as double) * 0.99
        * (1 + {{ ratio(unix_microseconds('max(usage_hour_at)') ~ ' - ' ~ unix_microseconds('min(usage_hour_at)'), 3600000000) }}) as is_full
    from (
        select owned_series_id, provider_name, usage_hour_at, {{ money('sum(owned_cost_usd)') }} as cost_usd, {{ money('sum(owned_list_usd)') }} as list_usd from hourly
        where owned_series_id is not null
        group by owned_series_id, provider_name, usage_hour_at
    ) as hours
    group by owned_series_id, provider_name

),

reached as (

    select distinct hourly.owned_series_id, hourly.provider_name, hourly.reach, {{ reach_key('hourly', 'hourly.reach') }} as reach_key from hourly
    inner join owned on hourly.owned_series_id = owned.owned_series_id and owned.is_full

),

{# What runs on demand beside it takes the hours that its own machines leave, of the narrowest commitment first. #}
floating as (

    select reached.owned_series_id, hourly.usage_hour_at, hourly.list_cost_usd
    from hourly
    cross join (values ('reservation', 1), ('family', 2), ('scope', 3)) as reaches (reach, place)
    inner join reached
        on hourly.provider_name = reached.provider_name and reaches.reach = reached.reach and {{ reach_key('hourly', 'reaches.reach') }} = reached.reach_key
    where hourly.owned_series_id is null
    qualify row_number() over (
        partition by hourly.{{ place | join(', hourly.') }}, hourly.usage_hour_at order by reaches.place asc, reached.owned_series_id asc
    ) = 1

),

offered as (

    select distinct provider_name, usage_kind, family, region_id, covers from rates
    where covers <> 'everything'

),

series as (

    select
        case when offered.covers = 'instances' then {{ commitment_series('instances', 'hourly.') }} else {{ commitment_series('family', 'hourly.') }} end as series_id,
        'after_actions' as usage_basis, hourly.provider_name, hourly.usage_hour_at, cast(0 as decimal(6, 4)) as discount_share,
        hourly.usage_kind, hourly.family, hourly.region_id, case when offered.covers = 'instances' then hourly.reserved_as end as reserved_as, min(hourly.smallest_units) as smallest_units,
        cast(sum(case when offered.covers = 'instances' then hourly.units else hourly.list_cost_usd end) as decimal(15, 6)) as units,
        {{ of_the_hour }}
    from hourly
    inner join offered on {{ is_covered_by_it.format('offered') }}
    where hourly.owned_series_id is null
    group by all
    union all
    select
        rates.offer_id as series_id, 'after_actions' as usage_basis, hourly.provider_name, hourly.usage_hour_at, rates.discount_share, {{ nothing }},
        cast(sum(cast(hourly.list_cost_usd as decimal(24, 12)) * (1 - rates.discount_share)) as decimal(15, 6)) as units,
        {{ of_the_hour }}
    from hourly
    inner join rates on {{ is_covered_by_it.format('rates') }}
    where rates.covers = 'everything' and hourly.owned_series_id is null
    group by rates.offer_id, hourly.provider_name, hourly.usage_hour_at, rates.discount_share
    union all
    select
        owned.owned_series_id as series_id, 'owned' as usage_basis, owned.provider_name, used.usage_hour_at, cast(0 as decimal(6, 4)) as discount_share, {{ nothing }},
        {{ decimal_of_double('least(' ~ used_usd ~ ', cast(owned.most_usd as double))', 'decimal(15, 6)') }} as units,
        {% for cost in ['list_cost_usd', 'on_demand_cost_usd', 'measured_cost_usd'] %}{{ money_of_double('cast(sum(used.list_cost_usd) as double) * least(' ~ ratio('owned.most_usd', used_usd) ~ ', 1)') }} as {{ cost }}{{ ', ' if not loop.last }}{% endfor %}
    from (
        select owned_series_id, usage_hour_at, list_cost_usd, on_demand_cost_usd as own_usd, 0 as beside_usd from hourly
        where owned_series_id is not null
        union all
        select owned_series_id, usage_hour_at, list_cost_usd, 0 as own_usd, list_cost_usd as beside_usd from floating
    ) as used
    inner join owned on used.owned_series_id = owned.owned_series_id
    group by owned.owned_series_id, owned.provider_name, owned.paid_share, owned.most_usd, used.usage_hour_at

),

layered as (

    select
        series_id, provider_name as history_id, usage_basis, usage_hour_at, usage_kind, family, region_id, reserved_as, smallest_units,
        cast(
            sum(units) over (partition by series_id, usage_hour_at order by discount_share desc rows between unbounded preceding and current row) - units as decimal(15, 6)
        ) as units_before,
        units as demanded_units, list_cost_usd, on_demand_cost_usd, measured_cost_usd,
        {{ decimal_of_double(ratio('on_demand_cost_usd', 'units'), 'decimal(22, 12)') }} as usd_per_demanded_unit
    from series
    where units > 0

)

select * from layered
