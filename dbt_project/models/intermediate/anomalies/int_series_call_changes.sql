{# one row per series of calls x day on which its cost was unusual: how many calls it had and has usually, and whether they or their price made the difference #}

with unusual as (

    select * from {{ ref('int_series_unusual') }}
    where hour_of_day is null

),

usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

weeks as (

    {{ whole_numbers(0, 4) }}

),

{# The day, and the like days that say what is usual of it. #}
looked_at as (

    select
        unusual.scope,
        unusual.scope_id,
        unusual.usage_date,
        unusual.direction,
        unusual.cost_usd,
        unusual.expected_cost_usd,
        weeks.number as weeks_before,
        unusual.usage_date - weeks.number * 7 as day_looked_at
    from unusual
    cross join weeks

),

days as (

    select distinct day_looked_at from looked_at

),

calls as (

    select
        usage_owned.usage_date,
        usage_owned.provider,
        usage_owned.team_id,
        usage_owned.model,
        nullif(usage_owned.product_id, 'unallocated') || '/' || usage_owned.feature_id as feature,
        sum(usage_owned.calls) as calls,
        sum(usage_owned.effective_cost_usd) as cost_usd
    from usage_owned
    inner join days on usage_owned.usage_date = days.day_looked_at
    group by
        usage_owned.usage_date, usage_owned.provider, usage_owned.team_id, usage_owned.model,
        nullif(usage_owned.product_id, 'unallocated') || '/' || usage_owned.feature_id

),

by_series as (
    {% for scope, column in [
        ('total', "'total'"), ('pool', "'llm_usage'"), ('provider', 'provider'), ('team', 'team_id'), ('model', 'model'), ('feature', 'feature')
    ] %}
    select '{{ scope }}' as scope, {{ column }} as scope_id, usage_date, sum(calls) as calls, sum(cost_usd) as cost_usd
    from calls
    group by {{ column if column[0] != "'" else 'usage_date' }}, usage_date
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

{# A day on which nothing at all was called is a gap; one on which this series alone was idle had no call of it. #}
days_with_calls as (

    select distinct usage_date from calls

),

compared as (

    select
        looked_at.scope,
        looked_at.scope_id,
        looked_at.usage_date,
        looked_at.direction,
        looked_at.cost_usd,
        looked_at.expected_cost_usd,
        cast(coalesce(max(case when looked_at.weeks_before = 0 then by_series.calls end), 0) as bigint) as calls,
        coalesce(max(case when looked_at.weeks_before = 0 then by_series.cost_usd end), 0) as calls_cost_usd,
        {{ percentile('case when looked_at.weeks_before > 0 then cast(coalesce(by_series.calls, 0) as double) end', 0.5) }} as expected_calls,
        {{ percentile('case when looked_at.weeks_before > 0 then cast(coalesce(by_series.cost_usd, 0) as double) end', 0.5) }} as expected_calls_cost
    from looked_at
    inner join days_with_calls on looked_at.day_looked_at = days_with_calls.usage_date
    left join by_series
        on looked_at.scope = by_series.scope and looked_at.scope_id = by_series.scope_id and looked_at.day_looked_at = by_series.usage_date
    group by looked_at.scope, looked_at.scope_id, looked_at.usage_date, looked_at.direction, looked_at.cost_usd, looked_at.expected_cost_usd

),

{# A series that holds machines, too, or whose bill counts, is not told by its calls. #}
of_calls as (

    select
        *,
        {{ ratio('calls', 'expected_calls') }} as calls_ratio,
        {{ ratio(ratio('cost_usd', 'calls'), ratio('expected_cost_usd', 'expected_calls')) }} as cost_per_call_ratio
    from compared
    where
        abs(calls_cost_usd - cost_usd) <= 0.01
        and abs(expected_calls_cost - cast(expected_cost_usd as double)) <= 0.01

),

final as (

    select
        scope,
        scope_id,
        usage_date,
        calls,
        expected_calls,
        case
            when coalesce(calls_ratio, 0) = 0 then 'no calls'
            when direction = 'rise' and calls_ratio >= cost_per_call_ratio then 'more calls'
            when direction = 'rise' then 'costlier calls'
            when calls_ratio <= cost_per_call_ratio then 'fewer calls'
            else 'cheaper calls'
        end as driver
    from of_calls

)

select * from final
