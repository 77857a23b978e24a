{# one row per series of usage that an offer of a cloud could cover, or that an owned commitment covers, x hour x discount within the hour.
   A reservation covers machines of a family, a plan dollars at list price on a family, or on everything, the highest discount first #}

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

{# What the accepted actions leave of a resource. One that is to stand still at night, or to run on spare capacity, is nothing to commit to. #}
left_over as (

    select
        provider_name,
        resource_id,
        bool_and(is_use_measured) as is_use_measured,
        case when bool_or(is_accepted and action_kind in ('off_hours', 'spot')) then 0 else {{ ratio('min(cost_after_usd)', 'max(scope_cost_usd)') }} end as left_share
    from optimized
    group by provider_name, resource_id

),

histories as (

    select
        history_id,
        min(first_date) as first_date,
        max(last_date) as last_date
    from cases
    group by history_id

),

numbers as (

    {{ whole_numbers(0, 743) }}

),

bill_hours as (

    select
        lines.*,
        case when lines.is_covered then {{ owned_commitment_series('lines.provider_name', "coalesce(lines.commitment_discount_id, 'unknown')") }} end as owned_series_id,
        case when lines.is_covered then 1 else coalesce(left_over.left_share, 1) end as left_share,
        {# Only a machine can be idle while it is paid. #}
        not lines.is_by_instance or coalesce(left_over.is_use_measured, false) as is_use_measured,
        greatest({{ ratio(unix_microseconds('lines.charge_period_end_at') ~ ' - ' ~ unix_microseconds('lines.charge_period_start_at'), 3600000000) }}, 1) as period_hours
    from lines
    inner join histories
        on
            lines.provider_name = histories.history_id
            and histories.first_date <= cast(lines.charge_period_start_at as date)
            and cast(lines.charge_period_start_at as date) <= histories.last_date
    left join left_over on lines.provider_name = left_over.provider_name and lines.resource_id = left_over.resource_id
    where lines.effective_cost_usd > 0 and lines.list_cost_usd > 0 and case when lines.is_covered then lines.has_list_cost else coalesce(left_over.left_share, 1) > 0 end

),

{# A line that says how many hours of a day a machine ran, and not which, is put at the beginning: spread over the day it would look steady. #}
timed as (

    select
        *,
        case when is_by_instance then greatest(coalesce({{ ratio('pricing_quantity', 'period_hours') }}, 1), 1) else 1 end as machines,
        case
            when is_by_instance and pricing_quantity > 0
                then {{ ratio('pricing_quantity', 'greatest(' ~ ratio('pricing_quantity', 'period_hours') ~ ', 1)') }}
            else period_hours
        end as run_hours
    from bill_hours

),

slots as (

    select
        timed.owned_series_id, timed.provider_name, timed.usage_kind, timed.plan_scope, timed.family, timed.reserved_as, timed.region_id, timed.is_use_measured,
        coalesce(timed.resource_id, '') as resource_id,
        {{ from_unix_microseconds(unix_microseconds(start_of_hour('timed.charge_period_start_at')) ~ ' + cast(numbers.number as bigint) * 3600000000') }} as usage_hour_at,
        {{ decimal_of_double('timed.machines * least(timed.run_hours - numbers.number, 1) * timed.units_per_instance * timed.left_share', 'decimal(15, 6)') }} as units,
        {{ money_of_double('timed.list_cost_usd * least(timed.run_hours - numbers.number, 1) / timed.run_hours * timed.left_share') }} as list_cost_usd,
        {{ money_of_double('(timed.effective_cost_usd + timed.sustained_use_usd) * least(timed.run_hours - numbers.number, 1) / timed.run_hours * timed.left_share') }} as on_demand_cost_usd
    from timed
    inner join numbers on numbers.number < timed.run_hours

),

hourly as (

    select
        owned_series_id, provider_name, usage_kind, plan_scope, family, reserved_as, region_id, usage_hour_at,
        cast(sum(units) as decimal(15, 6)) as units,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(on_demand_cost_usd)') }} as on_demand_cost_usd,
        {{ money('sum(case when is_use_measured then on_demand_cost_usd else 0 end)') }} as measured_cost_usd,
        min(resource_id) as first_resource_id,
        max(resource_id) as last_resource_id
    from slots
    group by owned_series_id, provider_name, usage_kind, plan_scope, family, reserved_as, region_id, usage_hour_at

),

offered as (

    select distinct provider_name, usage_kind, family, region_id, covers
    from rates
    where covers <> 'everything'

),

series as (

    select
        case when offered.covers = 'instances' then {{ commitment_series('instances', 'hourly.') }} else {{ commitment_series('family', 'hourly.') }} end as series_id,
        false as is_owned, hourly.provider_name, hourly.usage_hour_at,
        cast(0 as decimal(6, 4)) as discount_share,
        cast(sum(case when offered.covers = 'instances' then hourly.units else hourly.list_cost_usd end) as decimal(15, 6)) as units,
        {{ money('sum(hourly.list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(hourly.on_demand_cost_usd)') }} as on_demand_cost_usd,
        {{ money('sum(hourly.measured_cost_usd)') }} as measured_cost_usd,
        min(hourly.first_resource_id) as first_resource_id, max(hourly.last_resource_id) as last_resource_id
    from hourly
    inner join offered
        on
            hourly.provider_name = offered.provider_name
            and hourly.usage_kind = offered.usage_kind
            and hourly.family = offered.family
            and hourly.region_id = offered.region_id
    where hourly.owned_series_id is null
    group by all
    union all
    select
        rates.offer_id as series_id, false as is_owned, hourly.provider_name, hourly.usage_hour_at, rates.discount_share,
        cast(sum(cast(hourly.list_cost_usd as decimal(24, 12)) * (1 - rates.discount_share)) as decimal(15, 6)) as units,
        {{ money('sum(hourly.list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(hourly.on_demand_cost_usd)') }} as on_demand_cost_usd,
        {{ money('sum(hourly.measured_cost_usd)') }} as measured_cost_usd,
        min(hourly.first_resource_id) as first_resource_id, max(hourly.last_resource_id) as last_resource_id
    from hourly
    inner join rates
        on
            hourly.provider_name = rates.provider_name
            and hourly.usage_kind = rates.usage_kind
            and hourly.family = rates.family
            and hourly.region_id = rates.region_id
    where rates.covers = 'everything' and hourly.owned_series_id is null
    group by rates.offer_id, hourly.provider_name, hourly.usage_hour_at, rates.discount_share
    {# A unit of what is owned is a dollar that it costs; on demand the same costs its list price. #}
    union all
    select
        owned_series_id as series_id, true as is_owned, provider_name, usage_hour_at, cast(0 as decimal(6, 4)) as discount_share,
        cast(sum(on_demand_cost_usd) as decimal(15, 6)) as units,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(list_cost_usd)') }} as on_demand_cost_usd,
        {{ money('sum(list_cost_usd)') }} as measured_cost_usd,
        min(first_resource_id) as first_resource_id, max(last_resource_id) as last_resource_id
    from hourly
    where owned_series_id is not null
    group by owned_series_id, provider_name, usage_hour_at

),

layered as (

    select
        series_id,
        provider_name as history_id,
        case when is_owned then 'owned' else 'after_actions' end as usage_basis,
        usage_hour_at,
        cast(
            sum(units) over (
                partition by series_id, usage_hour_at
                order by discount_share desc
                rows between unbounded preceding and current row
            ) - units as decimal(15, 6)
        ) as units_before,
        units as demanded_units,
        list_cost_usd,
        on_demand_cost_usd,
        measured_cost_usd,
        case when first_resource_id = last_resource_id then nullif(first_resource_id, '') end as only_resource_id,
        {{ decimal_of_double(ratio('on_demand_cost_usd', 'units'), 'decimal(22, 12)') }} as usd_per_demanded_unit
    from series
    where units > 0

)

select * from layered
