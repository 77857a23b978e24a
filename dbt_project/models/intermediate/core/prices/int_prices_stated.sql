{# one row per basis (charged, restated, contracted) x price x stretch of the UTC week in which it holds: list prices and
   negotiated rates in one shape. A price without days and hours has one row, whose stretch is null: it holds wherever no
   price with a stretch does. #}

{{ config(materialized='view') }}

with list_prices as (

    select * from {{ ref('int_list_prices') }}

),

contract_rates as (

    select * from {{ ref('int_contract_rates') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

),

{# A rate agreed for a model holds for every name under which calls use it, and whatever the size of the input. #}
named_rates as (

    select provider, model, service_tier, token_class, usd_per_token, valid_from, valid_to, weekdays, hours_utc from contract_rates
    union
    select
        models_resolved.provider,
        models_resolved.model,
        rates.service_tier,
        rates.token_class,
        rates.usd_per_token,
        rates.valid_from,
        rates.valid_to,
        rates.weekdays,
        rates.hours_utc
    from contract_rates as rates
    inner join models_resolved on rates.provider = models_resolved.priced_provider and rates.model = models_resolved.priced_model
    anti join contract_rates as own_rates on models_resolved.provider = own_rates.provider and models_resolved.model = own_rates.model

),

stated as (

    select
        basis,
        provider,
        model,
        service_tier,
        token_class,
        usd_per_token,
        valid_from,
        valid_to,
        min_input_tokens,
        next_min_input_tokens,
        weekdays,
        hours_utc
    from list_prices
    union all
    select
        'contracted' as basis,
        provider,
        model,
        service_tier,
        token_class,
        usd_per_token,
        valid_from,
        valid_to,
        cast(0 as bigint) as min_input_tokens,
        cast(null as bigint) as next_min_input_tokens,
        weekdays,
        hours_utc
    from named_rates

),

windows as (

    select distinct
        weekdays,
        hours_utc,
        {{ weekday_of_window('first') }} as first_weekday,
        {{ weekday_of_window('last') }} as last_weekday,
        {{ minute_of_window('start') }} as start_minute,
        {{ minute_of_window('end') }} as end_minute
    from stated
    where weekdays is not null or hours_utc is not null

),

weekdays as (

    select cast(extract(day from date_day) as integer) as weekday
    from ({{ day_spine("cast('2024-01-01' as date)", "cast('2024-01-07' as date)") }}) as week

),

window_days as (

    select
        windows.weekdays,
        windows.hours_utc,
        (weekdays.weekday - 1) * 1440 + windows.start_minute as from_week_minute,
        (weekdays.weekday - 1) * 1440 + windows.end_minute
        + case when windows.end_minute <= windows.start_minute then 1440 else 0 end as to_week_minute
    from windows
    inner join weekdays on weekdays.weekday between windows.first_weekday and windows.last_weekday

),

{# The night from Sunday to Monday is at the end of the week and at its beginning. #}
stretches as (

    select weekdays, hours_utc, from_week_minute, least(to_week_minute, 10080) as to_week_minute
    from window_days
    union all
    select weekdays, hours_utc, 0 as from_week_minute, to_week_minute - 10080 as to_week_minute
    from window_days
    where to_week_minute > 10080

),

placed as (

    select
        stated.basis,
        stated.provider,
        stated.model,
        stated.service_tier,
        stated.token_class,
        stated.usd_per_token,
        stated.valid_from,
        stated.valid_to,
        stated.min_input_tokens,
        stated.next_min_input_tokens,
        stretches.from_week_minute,
        stretches.to_week_minute
    from stated
    left join stretches
        on coalesce(stated.weekdays, '') = coalesce(stretches.weekdays, '') and coalesce(stated.hours_utc, '') = coalesce(stretches.hours_utc, '')
    {# Days or hours that cannot be read are no time at all. #}
    where stretches.from_week_minute is not null or (stated.weekdays is null and stated.hours_utc is null)

)

select * from placed
