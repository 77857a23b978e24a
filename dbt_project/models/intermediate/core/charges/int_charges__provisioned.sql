{# one row per row of provisioned_throughput x UTC day that it covers, up to the as-of day: hours of the day x units x price, whether
   calls came or not #}

{% set hour_microseconds = 3600000000 %}

with capacities as (

    select * from {{ ref('provisioned_throughput') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

services as (

    select
        provider,
        min(service_name) as service_name
    from ai_services
    group by provider

),

{# The months of a provider whose bill counts: the capacity is a line of it. #}
months_of_bills as (

    select distinct
        bills.provider_name,
        bills.billing_month_start_date
    from bills
    inner join ai_services on lower(bills.service_name) = lower(ai_services.service_name)
    where bills.is_counted and bills.charge_category = 'Usage'

),

span as (

    select
        cast(min(capacities.valid_from) as date) as first_date,
        greatest(max(as_of.as_of_date), cast(min(capacities.valid_from) as date)) as last_date
    from capacities
    cross join as_of

),

days as (

    {{ day_spine('(select first_date from span)', '(select last_date from span)') }}

),

capacity_days as (

    select
        capacities.*,
        days.date_day as charge_date,
        {{ money('capacities.units * capacities.usd_per_unit_hour') }} as hour_cost_usd,
        greatest(capacities.valid_from, {{ start_of_day('days.date_day') }}) as period_start_at,
        least(coalesce(capacities.valid_to, {{ start_of_day('days.date_day + 1') }}), {{ start_of_day('days.date_day + 1') }}) as period_end_at
    from capacities
    cross join as_of
    inner join days
        on
            days.date_day <= as_of.as_of_date
            and capacities.valid_from < {{ start_of_day('days.date_day + 1') }}
            and {{ start_of_day('days.date_day') }} < coalesce(capacities.valid_to, {{ start_of_day('days.date_day + 1') }})

),

timed as (

    select
        *,
        {{ unix_microseconds('period_start_at') }} - {{ unix_microseconds(start_of_day('charge_date')) }} as from_microsecond,
        {{ unix_microseconds('period_end_at') }} - {{ unix_microseconds(start_of_day('charge_date')) }} as to_microsecond
    from capacity_days

),

{# Whole hours by the clock are exact; parts of an hour are rounded by what has run of it, so that they sum to the hour however
   often the price or the units change in it. #}
priced as (

    select
        *,
        cast(cast(floor(to_microsecond / {{ hour_microseconds }}) - floor(from_microsecond / {{ hour_microseconds }}) as integer) as decimal(4, 0)) as hours,
        from_microsecond % {{ hour_microseconds }} as part_before,
        to_microsecond % {{ hour_microseconds }} as part_reached
    from timed

),

costed as (

    select
        *,
        {{ money('hour_cost_usd * hours + ' ~ split_exactly('hour_cost_usd', 'part_reached', 'part_before', hour_microseconds)) }} as cost_usd,
        cast(units * hours + {{ split_exactly('units', 'part_reached', 'part_before', hour_microseconds, 'decimal(28, 12)') }} as decimal(38, 15)) as unit_hours
    from priced

),

charges as (

    select
        'provisioned_throughput/' || costed.capacity_id || '/' || cast(costed.period_start_at as string) as charge_id,
        'provisioned_throughput' as source,
        costed.charge_date,
        costed.period_start_at as charge_period_start_at,
        costed.period_end_at as charge_period_end_at,
        cast(date_trunc('month', costed.charge_date) as date) as billing_period_start_date,
        last_day(costed.charge_date) + 1 as billing_period_end_date,
        cast(date_trunc('month', costed.charge_date) as date) as billing_month_start_date,
        costed.provider,
        coalesce(provider_names.provider_name, costed.provider) as provider_name,
        'AI and Machine Learning' as service_category,
        'Generative AI' as service_subcategory,
        coalesce(services.service_name, costed.provider) as service_name,
        'Usage' as charge_category,
        'Provisioned throughput ' || costed.capacity_id as charge_description,
        costed.model,
        costed.service_tier,
        costed.unit_hours as consumed_quantity,
        'Unit-Hours' as consumed_unit,
        'USD' as billing_currency,
        cast(1 as decimal(13, 10)) as usd_per_unit,
        {% for cost in ['billed', 'effective', 'contracted'] -%}
        costed.cost_usd as {{ cost }}_cost_billing_currency,
        costed.cost_usd as {{ cost }}_cost_usd,
        {% endfor -%}
        false as is_overlap,
        false as is_billed_without_effective,
        costed.capacity_id as resource_id,
        'provisioned ' || costed.capacity_id as cost_pool,
        {{ capacity_driver('costed') }} as allocation_driver,
        'pool' as owner_rule,
        false as is_direct,
        months_of_bills.provider_name is null as is_counted
    from costed
    left join services on lower(costed.provider) = services.provider
    left join provider_names on lower(costed.provider) = provider_names.name_in_source
    left join months_of_bills
        on
            coalesce(provider_names.provider_name, costed.provider) = months_of_bills.provider_name
            and cast(date_trunc('month', costed.charge_date) as date) = months_of_bills.billing_month_start_date

)

select * from charges
