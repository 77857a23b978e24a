{# one row per scope (total, AI) x kind of cause (component, provider; of AI customers) x cause of the change from the cost of the last 30 days to that of the
   next 30; the causes of a kind sum to the change #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}
    where scope = 'component' and scope_id = 'ai'

),

forecasts as (

    select * from {{ ref('fct_cost_forecasts_daily') }}
    where scope = 'component' and scope_id = 'ai'

),

dates as (

    select * from {{ ref('dim_dates') }}

),

outlooks as (

    select * from {{ ref('rpt_cost_outlook') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

outlook as (

    select * from outlooks
    where scope = 'component' and scope_id = 'ai' and change_share is not null

),

abnormal as (

    select
        anomalies.customer_id,
        {{ money('coalesce(sum(anomalies.excess_cost_usd) filter (where anomalies.usage_date >= as_of.window_start_date), 0)') }} as trailing_abnormal_usd,
        {{ money('coalesce(sum(anomalies.excess_cost_usd) filter (where anomalies.usage_date > as_of.as_of_date - 14), 0)') }} as recent_abnormal_usd
    from anomalies
    inner join as_of on anomalies.usage_date <= as_of.as_of_date
    group by anomalies.customer_id

),

used as (

    select
        usage_daily.customer_id,
        min(usage_daily.usage_date) >= min(as_of.window_start_date) as has_started,
        max(usage_daily.usage_date) <= min(as_of.as_of_date) - 14 as has_stopped,
        {{ money('coalesce(sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date >= as_of.window_start_date), 0)') }} as trailing_usd,
        {{ money('coalesce(sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date > as_of.as_of_date - 14), 0)') }} as recent_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date <= as_of.as_of_date
    group by usage_daily.customer_id

),

{# Thirty days have two weekdays more than four weeks, and the last 30 days not the same two as the next: what a weekday costs beside an average day. #}
weekday_costs as (

    select
        costs.iso_weekday,
        {{ ratio('sum(costs.cost_usd)', 'sum(sum(costs.cost_usd)) over ()') }} * count(*) over () as weekday_factor
    from costs
    inner join as_of on costs.usage_date > as_of.as_of_date - 28
    group by costs.iso_weekday

),

weekdays as (

    select
        coalesce({{ stable_sum('case when dates.date_day > as_of.as_of_date then weekday_costs.weekday_factor - 1 end') }}, 0) as days_ahead,
        coalesce({{ stable_sum('case when dates.date_day <= as_of.as_of_date then weekday_costs.weekday_factor - 1 end') }}, 0) as days_behind
    from dates
    inner join as_of on dates.date_day between as_of.window_start_date and as_of.as_of_date + 30
    inner join weekday_costs on dates.iso_weekday = weekday_costs.iso_weekday

),

{# 30 days at the level of the last two weeks, against the last 30 days; what abnormal days cost above the expected is a cause of its own. #}
levels as (

    select
        case when used.has_started then 'customers that started' when used.has_stopped then 'customers that stopped' else 'customers that stayed' end as cause,
        cast(used.recent_usd - coalesce(abnormal.recent_abnormal_usd, 0) as double) / 14 as recent_daily_cost,
        cast(used.trailing_usd - coalesce(abnormal.trailing_abnormal_usd, 0) as double) as trailing_cost
    from used
    left join abnormal on used.customer_id = abnormal.customer_id

),

changes as (

    select
        levels.cause,
        levels.recent_daily_cost * 30 - levels.trailing_cost * 30 / (30 + weekdays.days_behind) as change_usd
    from levels
    cross join weekdays
    union all
    select
        'abnormal days' as cause,
        cast(recent_abnormal_usd as double) * 30 / 14 - cast(trailing_abnormal_usd as double) as change_usd
    from abnormal
    union all
    select
        'weekdays' as cause,
        levels.recent_daily_cost * weekdays.days_ahead - levels.trailing_cost * weekdays.days_behind / (30 + weekdays.days_behind) as change_usd
    from levels
    cross join weekdays
    union all
    select 'known events' as cause, cast(event_usd as double) as change_usd from forecasts
    union all
    select 'fitting to all spend' as cause, cast(fitting_usd as double) as change_usd from forecasts

),

causes as (
    {% for cause in ['customers that started', 'customers that stopped', 'customers that stayed', 'abnormal days', 'weekdays', 'known events', 'fitting to all spend'] %}
    select {{ loop.index }} as cause_order, '{{ cause }}' as cause {{ 'union all' if not loop.last }}
    {%- endfor %}

),

summed as (

    select
        causes.cause_order,
        causes.cause,
        {{ money_of_double('coalesce(' ~ stable_sum('changes.change_usd') ~ ', 0)') }} as change_usd
    from causes
    left join changes on causes.cause = changes.cause
    group by causes.cause_order, causes.cause

),

{# What the method sees beyond that: growth, days that it takes for passing, and costs that are no calls of customers. #}
with_rest as (

    select cause_order, cause, change_usd from summed
    union all
    select
        8 as cause_order,
        'trend and what passes' as cause,
        {{ money('max(outlook.forecast_usd) - max(outlook.trailing_cost_usd) - ' ~ money('sum(summed.change_usd)')) }} as change_usd
    from summed
    cross join outlook

),

{# All spend is its components, and its providers; a rest is what is too young for a forecast. What the calendar changes of bills of a fixed amount is nobody's. #}
part_changes as (
    {% for cause, change in [
        ('scope_label', 'forecast_usd - coalesce(trailing_cost_usd, 0) - coalesce(calendar_usd, 0)'), ("'length of months, days of fixed bills'", 'coalesce(calendar_usd, 0)')
    ] %}
    select scope as kind, {{ cause }} as cause, {{ money('sum(' ~ change ~ ')') }} as change_usd
    from outlooks
    where scope in ('component', 'provider') and forecast_usd is not null
    group by scope, {{ cause }} {{ 'union all' if not loop.last }}
    {%- endfor %}

),

parts as (

    select
        part_changes.kind, part_changes.cause, part_changes.change_usd,
        cast(row_number() over (partition by part_changes.kind order by -abs(part_changes.change_usd), part_changes.cause) as integer) as cause_order,
        total.trailing_cost_usd, total.forecast_usd
    from part_changes
    inner join outlooks as total on total.scope = 'total' and total.change_share is not null

),

united as (

    select 'component' as scope, 'ai' as scope_id, 'customer' as kind, with_rest.cause_order, with_rest.cause, with_rest.change_usd, outlook.trailing_cost_usd, outlook.forecast_usd
    from with_rest
    cross join outlook
    union all
    select 'total' as scope, 'total' as scope_id, kind, cause_order, cause, change_usd, trailing_cost_usd, forecast_usd from parts

)

select *, {{ money('forecast_usd - trailing_cost_usd') }} as scope_change_usd from united
