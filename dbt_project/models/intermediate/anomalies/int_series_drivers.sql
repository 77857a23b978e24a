{# one row per series x day on which its cost was unusual, where calls or the quantities of bills tell what made the difference #}

with unusual as (

    select * from {{ ref('int_series_unusual') }}
    where hour_of_day is null

),

call_changes as (

    select * from {{ ref('int_series_call_changes') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

weeks as (

    {{ whole_numbers(0, 4) }}

),

{# What is not all of calls: the day, and the like days that say what is usual of it. #}
looked_at as (

    select
        unusual.scope,
        unusual.scope_id,
        unusual.usage_date,
        unusual.direction,
        weeks.number as weeks_before,
        unusual.usage_date - weeks.number * 7 as day_looked_at
    from unusual
    cross join weeks
    left join call_changes
        on unusual.scope = call_changes.scope and unusual.scope_id = call_changes.scope_id and unusual.usage_date = call_changes.usage_date
    where call_changes.scope is null

),

days as (

    select distinct day_looked_at from looked_at

),

quantities as (

    select
        charges.charge_date as usage_date,
        {{ charge_series_columns('charges') }},
        {{ bill_key('charges', ['provider_name', 'service_name', 'resource_id', 'sku_id', 'sku_meter', 'model', 'token_class', 'pricing_unit']) }} as item,
        sum(charges.pricing_quantity) as quantity,
        sum(charges.effective_cost_usd) as cost_usd
    from charges
    inner join days on charges.charge_date = days.day_looked_at
    where charges.is_counted and charges.charge_category <> 'Credit'
    group by all

),

by_series as (
    {% for scope, column in [
        ('total', "'total'"), ('pool', 'pool'), ('provider', 'provider'), ('account', 'account'), ('team', 'team_id'), ('model', 'model'), ('feature', 'feature'),
        ('service', 'service_name'), ('resource', 'resource')
    ] %}
    select '{{ scope }}' as scope, {{ column }} as scope_id, usage_date, item, quantity, cost_usd
    from quantities
    where {{ column }} is not null{{ ' and is_direct' if scope != 'pool' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

days_with_charges as (

    select distinct usage_date from quantities

),

known_days as (

    select
        looked_at.*,
        sum(case when looked_at.weeks_before > 0 then 1 else 0 end) over (partition by looked_at.scope, looked_at.scope_id, looked_at.usage_date) as days_before
    from looked_at
    inner join days_with_charges on looked_at.day_looked_at = days_with_charges.usage_date

),

{# Each item of a bill, on the day and in the mean of the like days before it. #}
items as (

    select
        known_days.scope,
        known_days.scope_id,
        known_days.usage_date,
        known_days.direction,
        by_series.item,
        coalesce(cast(sum(case when known_days.weeks_before = 0 then by_series.quantity end) as double), 0) as quantity,
        coalesce(cast(sum(case when known_days.weeks_before = 0 then by_series.cost_usd end) as double), 0) as cost,
        coalesce(cast(sum(case when known_days.weeks_before > 0 then by_series.quantity end) as double), 0) / max(known_days.days_before) as expected_quantity,
        coalesce(cast(sum(case when known_days.weeks_before > 0 then by_series.cost_usd end) as double), 0) / max(known_days.days_before) as expected_cost,
        count(*) = count(by_series.quantity) as is_measured
    from known_days
    inner join by_series
        on known_days.scope = by_series.scope and known_days.scope_id = by_series.scope_id and known_days.day_looked_at = by_series.usage_date
    group by known_days.scope, known_days.scope_id, known_days.usage_date, known_days.direction, by_series.item

),

{# More of an item at what it cost before; what was not there before, or is no longer, is all quantity. The rest of its difference is its price. #}
split as (

    select
        *,
        case
            when expected_quantity > 0 and quantity > 0 then (quantity - expected_quantity) * expected_cost / expected_quantity
            else cost - expected_cost
        end as quantity_change
    from items

),

changes as (

    select
        scope,
        scope_id,
        usage_date,
        direction,
        {{ stable_sum('case when is_measured then quantity_change else 0 end') }} as quantity_change,
        {{ stable_sum('case when is_measured then cost - expected_cost - quantity_change else 0 end') }} as price_change,
        {{ stable_sum('case when is_measured then 0 else abs(cost - expected_cost) end') }} as unmeasured_change
    from split
    group by scope, scope_id, usage_date, direction

),

{# A bill without quantities tells nothing of them. #}
bill_changes as (

    select
        scope,
        scope_id,
        usage_date,
        case
            when direction = 'rise' and quantity_change >= price_change then 'more use'
            when direction = 'rise' then 'higher prices'
            when quantity_change <= price_change then 'less use'
            else 'lower prices'
        end as driver
    from changes
    where unmeasured_change <= abs(quantity_change + price_change)

),

final as (

    select scope, scope_id, usage_date, calls, expected_calls, driver from call_changes
    union all
    select scope, scope_id, usage_date, cast(null as bigint) as calls, cast(null as double) as expected_calls, driver from bill_changes

)

select * from final
