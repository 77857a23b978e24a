{# one row per event to come (of the seed forecast_events, or the end of a commitment) x day of the 400 after the as-of date on which it changes what is expected: by what share of its scope's cost, or by how much #}

{# The level of a forecast stands on the last four of each weekday. #}
{% set days_known = 28 %}

with known_events as (

    select * from {{ ref('forecast_events') }}

),

terms as (

    select * from {{ ref('int_commitment_terms') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

ages as (

    {{ whole_numbers(1 - days_known, 400) }}

),

{# What a commitment covers at the price on demand, less what it costs, used or not; unknown where the bill has no price on demand for a line of it. #}
savings as (

    select
        charges.provider_name,
        charges.commitment_discount_id as commitment_id,
        case
            when count(*) filter (where charges.commitment_discount_status = 'Used' and charges.list_cost_usd is null) = 0
                then {{ ratio(
                    "sum(case when charges.commitment_discount_status = 'Used' then charges.list_cost_usd else 0 end - charges.effective_cost_usd)",
                    'count(distinct charges.charge_date)'
                ) }}
        end as daily_savings
    from charges
    inner join as_of on charges.charge_date between as_of.as_of_date - {{ days_known - 1 }} and as_of.as_of_date
    where
        charges.is_counted and charges.commitment_discount_status in ('Used', 'Unused')
        and charges.commitment_discount_id is not null
    group by charges.provider_name, charges.commitment_discount_id

),

{# A commitment that ends takes away what it saved. #}
events as (

    select
        event_id,
        scope,
        scope_id,
        first_date,
        last_date,
        cost_ratio,
        coalesce(growth_per_28_days, 1) as growth_per_28_days,
        cast(null as double) as daily_savings
    from known_events
    union all
    select
        'commitment/' || terms.provider_name || '/' || terms.commitment_id as event_id,
        'commitment' as scope,
        terms.provider_name || '/' || terms.commitment_id as scope_id,
        terms.ends_on + 1 as first_date,
        cast(null as date) as last_date,
        cast(2 as double) as cost_ratio,
        cast(1 as double) as growth_per_28_days,
        savings.daily_savings
    from terms
    inner join savings on terms.provider_name = savings.provider_name and terms.commitment_id = savings.commitment_id
    where terms.ends_on is not null and not terms.is_renewed_automatically and savings.daily_savings is not null

),

days as (

    select
        events.*,
        as_of.as_of_date + ages.number as forecast_date,
        ages.number as horizon_days,
        {{ days_between('events.first_date', 'least(as_of.as_of_date + ages.number, coalesce(events.last_date, as_of.as_of_date + ages.number))') }} + 1 as days_on
    from events
    cross join as_of
    cross join ages

),

{# Growth stays when it ends; what else ends is gone the day after. #}
ratios as (

    select
        *,
        case
            when forecast_date < first_date then cast(1 as double)
            when growth_per_28_days <> 1 then cost_ratio * power(growth_per_28_days, days_on / cast({{ days_known }} as double))
            when forecast_date <= coalesce(last_date, forecast_date) then cost_ratio
            else cast(1 as double)
        end as day_ratio
    from days

),

{# What the last four weeks, on which the level of the forecast stands, show of it already is no change. #}
known as (

    select
        event_id,
        {{ stable_avg('day_ratio') }} as known_ratio
    from ratios
    where horizon_days <= 0
    group by event_id

),

final as (

    select
        ratios.event_id,
        ratios.scope,
        ratios.scope_id,
        ratios.forecast_date,
        case when ratios.daily_savings is null then ratios.day_ratio / nullif(known.known_ratio, 0) - 1 end as change_share,
        ratios.daily_savings * (ratios.day_ratio - known.known_ratio) as change_usd
    from ratios
    inner join known on ratios.event_id = known.event_id
    where ratios.horizon_days > 0

)

select * from final
where change_share <> 0 or change_usd <> 0
