{# one row per series (total, provider, team, model, feature, service) x day on which its cost was unusual, high or low #}

with costs as (

    select * from {{ ref('int_series_costs_daily') }}

),

{# What the same weekday of the last four weeks says: its median. Three of them are the least. #}
expected as (

    select
        costs.scope,
        costs.scope_id,
        costs.usage_date,
        max(costs.cost_usd) as cost_usd,
        {{ percentile('cast(before.cost_usd as double)', 0.5) }} as expected_cost
    from costs
    inner join costs as before
        on
            costs.scope = before.scope
            and costs.scope_id = before.scope_id
            and before.usage_date in (costs.usage_date - 7, costs.usage_date - 14, costs.usage_date - 21, costs.usage_date - 28)
    group by costs.scope, costs.scope_id, costs.usage_date
    having count(*) >= 3

),

{# By which factor the day differs, as a logarithm: half and double are equally far. A day that cost nothing is a drop to a twentieth. #}
differences as (

    select
        *,
        ln(greatest(cast(cost_usd as double) / expected_cost, 0.05)) as difference
    from expected
    where expected_cost > 0

),

{# How far days usually differ: 1.4826 medians of the distance, of the 56 days before, which is a standard deviation where chance is normal. #}
spread as (

    select
        *,
        1.4826 * {{ moving_quantile('abs(difference)', 0.5, 'days_before') }} as usual_difference,
        count(difference) over days_before as days_known
    from differences
    window days_before as (partition by scope, scope_id order by usage_date rows between 56 preceding and 1 preceding)

),

scored as (

    select
        scope,
        scope_id,
        usage_date,
        cost_usd,
        {{ money_of_double('expected_cost') }} as expected_cost_usd,
        case when difference > 0 then 'rise' else 'drop' end as direction,
        round(abs(difference) / greatest(usual_difference, 0.02), 9) as anomaly_score
    from spread
    where days_known >= {{ assumption('anomaly_min_history_days') }}

),

found as (

    select
        *,
        {{ money('cost_usd - expected_cost_usd') }} as excess_usd
    from scored
    where
        anomaly_score >= {{ assumption('anomaly_min_score') }}
        and abs(cost_usd - expected_cost_usd) >= {{ assumption('anomaly_min_excess_usd', 'decimal(18, 6)') }}

),

{# One incident, one row to look at: the narrowest series of the day that makes at least half of the difference, the larger part first. #}
explained as (

    select
        found.scope,
        found.scope_id,
        found.usage_date,
        parts.scope as cause_scope,
        parts.scope_id as cause_scope_id,
        row_number() over (
            partition by found.scope, found.scope_id, found.usage_date
            order by
                case parts.scope when 'feature' then 1 when 'model' then 2 when 'team' then 3 when 'service' then 4 when 'provider' then 5 else 6 end,
                -abs(parts.excess_usd),
                parts.scope_id
        ) as place
    from found
    inner join found as parts
        on
            found.usage_date = parts.usage_date
            and found.direction = parts.direction
            and 2 * abs(parts.excess_usd) >= abs(found.excess_usd)
            and (found.scope = 'total' or (found.scope = parts.scope and found.scope_id = parts.scope_id))

),

final as (

    select
        found.usage_date,
        found.scope,
        found.scope_id,
        found.direction,
        found.cost_usd as observed_cost_usd,
        found.expected_cost_usd,
        found.excess_usd,
        found.anomaly_score,
        explained.cause_scope,
        explained.cause_scope_id,
        {# What missing records look like: before anybody is asked why less was used, the files are. #}
        case when found.direction = 'drop' then 'core.rpt_reconciliation' else 'anomalies.fct_cost_anomalies' end as look_at
    from found
    inner join explained
        on
            found.scope = explained.scope
            and found.scope_id = explained.scope_id
            and found.usage_date = explained.usage_date
            and explained.place = 1

)

select * from final
