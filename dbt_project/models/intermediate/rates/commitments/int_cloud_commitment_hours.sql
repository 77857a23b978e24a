{# one row per series of usage that an offer of a cloud could cover, or that an owned commitment covers, x hour x discount within the hour.
   A reservation covers machines of a family, a plan dollars at list price on a family, or on everything, the highest discount first #}

{% set part_of_line = 'least(timed.run_hours - numbers.number, 1) / timed.run_hours' %}
{% set place = ['provider_name', 'usage_kind', 'plan_scope', 'family', 'reserved_as', 'region_id'] %}
{% set of_the_hour = money('sum(hourly.list_cost_usd)') ~ ' as list_cost_usd, ' ~ money('sum(hourly.on_demand_cost_usd)') ~ ' as on_demand_cost_usd, '
    ~ money('sum(hourly.measured_cost_usd)') ~ ' as measured_cost_usd, min(hourly.first_resource_id) as first_resource_id, max(hourly.last_resource_id) as last_resource_id' %}
{% set used_usd = '(cast(sum(used.own_usd) as double) + cast(sum(used.beside_usd) as double) * owned.paid_share)' %}
{% set is_covered_by_it = 'hourly.provider_name = {0}.provider_name and hourly.usage_kind = {0}.usage_kind and hourly.family = {0}.family and hourly.region_id = {0}.region_id' %}

with lines as (

    select * from {{ ref('int_commitment_lines') }}

),

rates as (

    select * from {{ ref('int_cloud_offer_rates') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

optimized as (

    select * from {{ ref('int_usage_optimized') }}

),

{# What the actions leave of a resource: those that are accepted, and of one that a commitment pays for what can be done once that has ended. One that is
   to stand still at night, or to run on spare capacity, is nothing to commit to. #}
left_over as (

    select
        provider_name, resource_id, bool_and(is_use_measured) as is_use_measured,
        case when bool_or(is_accepted and action_kind in ('off_hours', 'spot')) then 0 else {{ ratio('min(cost_after_usd)', 'max(scope_cost_usd)') }} end as left_share,
        1 - coalesce(max(case when action_kind in ('idle_machine', 'off_hours', 'spot') and saved_once_free_share > 0 then 1 when action_kind = 'right_size' then saved_once_free_share end), 0)
            as left_once_free_share
    from optimized
    group by provider_name, resource_id

),

histories as (

    select history_id, min(first_date) as first_date, max(last_date) as last_date from cases
    group by history_id

),

numbers as (

    {{ whole_numbers(0, 743) }}

),

timed as (

    select
        lines.*,
        case when lines.is_covered then {{ owned_commitment_series('lines.provider_name', "coalesce(lines.commitment_discount_id, 'unknown')") }} end as owned_series_id,
        coalesce(case when lines.is_covered then left_over.left_once_free_share else left_over.left_share end, 1) as left_share,
        {# Only a machine can be idle while it is paid. #}
        not lines.is_by_instance or coalesce(left_over.is_use_measured, false) as is_use_measured
    from lines
    inner join histories
        on lines.provider_name = histories.history_id and cast(lines.charge_period_start_at as date) between histories.first_date and histories.last_date
    left join left_over on lines.provider_name = left_over.provider_name and lines.resource_id = left_over.resource_id
    where lines.effective_cost_usd > 0 and lines.list_cost_usd > 0 and (lines.has_list_cost or not lines.is_covered)

),

slots as (

    select
        timed.owned_series_id, timed.{{ place | join(', timed.') }}, timed.reach, timed.is_use_measured,
        coalesce(timed.resource_id, '') as resource_id,
        {{ from_unix_microseconds(unix_microseconds(start_of_hour('timed.charge_period_start_at')) ~ ' + cast(numbers.number as bigint) * 3600000000') }} as usage_hour_at,
        {{ decimal_of_double('timed.machines * least(timed.run_hours - numbers.number, 1) * timed.units_per_instance * timed.left_share', 'decimal(15, 6)') }} as units,
        {{ money_of_double('timed.list_cost_usd * ' ~ part_of_line ~ ' * timed.left_share') }} as list_cost_usd,
        {{ money_of_double('(timed.effective_cost_usd + timed.sustained_use_usd) * ' ~ part_of_line ~ ' * timed.left_share') }} as on_demand_cost_usd,
        {{ money_of_double('case when timed.is_covered then timed.effective_cost_usd * ' ~ part_of_line ~ ' else 0 end') }} as owned_cost_usd,
        {{ money_of_double('case when timed.is_covered then timed.list_cost_usd * ' ~ part_of_line ~ ' else 0 end') }} as owned_list_usd
    from timed
    inner join numbers on numbers.number < timed.run_hours
    where timed.left_share > 0 or timed.is_covered

),

hourly as (

    select
        owned_series_id, {{ place | join(', ') }}, reach, usage_hour_at,
        cast(sum(units) as decimal(15, 6)) as units,
        {% for cost in ['list_cost_usd', 'on_demand_cost_usd', 'owned_cost_usd', 'owned_list_usd'] %}{{ money('sum(' ~ cost ~ ')') }} as {{ cost }}, {% endfor %}
        {{ money('sum(case when is_use_measured then on_demand_cost_usd else 0 end)') }} as measured_cost_usd,
        min(resource_id) as first_resource_id, max(resource_id) as last_resource_id
    from slots
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

    select reached.owned_series_id, hourly.usage_hour_at, hourly.list_cost_usd, hourly.first_resource_id, hourly.last_resource_id
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
        'after_actions' as usage_basis, hourly.provider_name, hourly.usage_hour_at,
        cast(0 as decimal(6, 4)) as discount_share,
        cast(sum(case when offered.covers = 'instances' then hourly.units else hourly.list_cost_usd end) as decimal(15, 6)) as units,
        {{ of_the_hour }}
    from hourly
    inner join offered on {{ is_covered_by_it.format('offered') }}
    where hourly.owned_series_id is null
    group by all
    union all
    select
        rates.offer_id as series_id, 'after_actions' as usage_basis, hourly.provider_name, hourly.usage_hour_at, rates.discount_share,
        cast(sum(cast(hourly.list_cost_usd as decimal(24, 12)) * (1 - rates.discount_share)) as decimal(15, 6)) as units,
        {{ of_the_hour }}
    from hourly
    inner join rates on {{ is_covered_by_it.format('rates') }}
    where rates.covers = 'everything' and hourly.owned_series_id is null
    group by rates.offer_id, hourly.provider_name, hourly.usage_hour_at, rates.discount_share
    union all
    select
        owned.owned_series_id as series_id, 'owned' as usage_basis, owned.provider_name, used.usage_hour_at, cast(0 as decimal(6, 4)) as discount_share,
        {{ decimal_of_double('least(' ~ used_usd ~ ', cast(owned.most_usd as double))', 'decimal(15, 6)') }} as units,
        {% for cost in ['list_cost_usd', 'on_demand_cost_usd', 'measured_cost_usd'] -%}
        {{ money_of_double('cast(sum(used.list_cost_usd) as double) * least(' ~ ratio('owned.most_usd', used_usd) ~ ', 1)') }} as {{ cost }},
        {% endfor -%}
        min(used.first_resource_id) as first_resource_id, max(used.last_resource_id) as last_resource_id
    from (
        select owned_series_id, usage_hour_at, list_cost_usd, on_demand_cost_usd as own_usd, 0 as beside_usd, first_resource_id, last_resource_id from hourly
        where owned_series_id is not null
        union all
        select owned_series_id, usage_hour_at, list_cost_usd, 0 as own_usd, list_cost_usd as beside_usd, first_resource_id, last_resource_id from floating
    ) as used
    inner join owned on used.owned_series_id = owned.owned_series_id
    group by owned.owned_series_id, owned.provider_name, owned.paid_share, owned.most_usd, used.usage_hour_at

),

layered as (

    select
        series_id, provider_name as history_id, usage_basis, usage_hour_at,
        cast(
            sum(units) over (partition by series_id, usage_hour_at order by discount_share desc rows between unbounded preceding and current row) - units as decimal(15, 6)
        ) as units_before,
        units as demanded_units, list_cost_usd, on_demand_cost_usd, measured_cost_usd,
        case when first_resource_id = last_resource_id then nullif(first_resource_id, '') end as only_resource_id,
        {{ decimal_of_double(ratio('on_demand_cost_usd', 'units'), 'decimal(22, 12)') }} as usd_per_demanded_unit
    from series
    where units > 0

)

select * from layered
