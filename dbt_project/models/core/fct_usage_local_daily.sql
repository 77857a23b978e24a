{# one row per day of the reporting time zone x provider x model x service tier: usage in the days of the company's own calendar #}

{{ config(materialized=view_or_table()) }}

with usage_slots as (

    select * from {{ ref('int_usage_slots') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Where the zone's clocks stand when the first UTC day begins, and when the as-of date ends. #}
complete as (

    select
        {{ local_time(start_of_day('first_usage_date')) }} as begins_at,
        {{ local_time(start_of_day('as_of_date + 1')) }} as ends_at
    from as_of

),

uneven_days as (

    {{ uneven_days() }}

),

lengths as (

    select local_date, sum(more_minutes) as more_minutes
    from uneven_days
    group by local_date

),

daily as (

    select
        cast(local_hour_at as date) as local_date,
        provider,
        model,
        service_tier,
        cast(sum(calls) as bigint) as calls,
        cast(sum(case when effective_cost_usd is null then calls else 0 end) as bigint) as uncosted_calls,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd
    from usage_slots
    group by cast(local_hour_at as date), provider, model, service_tier

),

final as (

    select
        daily.local_date,
        daily.provider,
        daily.model,
        daily.service_tier,
        '{{ var("reporting_time_zone") }}' as time_zone,
        cast(1440 + coalesce(lengths.more_minutes, 0) as integer) as day_minutes,
        {{ start_of_day('daily.local_date') }} >= complete.begins_at and {{ start_of_day('daily.local_date + 1') }} <= complete.ends_at as is_complete,
        daily.calls,
        daily.uncosted_calls,
        daily.input_tokens,
        daily.cached_input_tokens,
        daily.output_tokens,
        daily.list_cost_usd,
        daily.effective_cost_usd,
        daily.billed_cost_usd
    from daily
    cross join complete
    left join lengths on daily.local_date = lengths.local_date

)

select * from final
