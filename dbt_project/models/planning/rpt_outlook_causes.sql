{# one row per cause of the change from the cost of the last 30 days to that of the next 30, over all AI; the causes sum to the change #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

outlook as (

    select * from {{ ref('rpt_cost_outlook') }}
    where scope = 'component' and scope_id = 'ai' and change_share is not null

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

abnormal as (

    select
        anomalies.customer_id,
        coalesce(sum(anomalies.excess_cost_usd) filter (where anomalies.usage_date >= as_of.window_start_date), 0) as trailing_abnormal_usd,
        coalesce(sum(anomalies.excess_cost_usd) filter (where anomalies.usage_date > as_of.as_of_date - 14), 0) as recent_abnormal_usd
    from anomalies
    inner join as_of on anomalies.usage_date <= as_of.as_of_date
    group by anomalies.customer_id

),

used as (

    select
        usage_daily.customer_id,
        min(usage_daily.usage_date) >= min(as_of.window_start_date) as has_started,
        max(usage_daily.usage_date) <= min(as_of.as_of_date) - 14 as has_stopped,
        coalesce(sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date >= as_of.window_start_date), 0) as trailing_usd,
        coalesce(sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date > as_of.as_of_date - 14), 0) as recent_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date <= as_of.as_of_date
    group by usage_daily.customer_id

),

{# 30 days at the level of the last two weeks, against the last 30 days; what abnormal days cost above the expected is a cause of its own. #}
levels as (

    select
        case when used.has_started then 'customers that started' when used.has_stopped then 'customers that stopped' else 'customers that stayed' end as cause,
        cast((used.recent_usd - coalesce(abnormal.recent_abnormal_usd, 0)) as double) * 30 / 14
        - cast(used.trailing_usd - coalesce(abnormal.trailing_abnormal_usd, 0) as double) as change_usd
    from used
    left join abnormal on used.customer_id = abnormal.customer_id
    union all
    select
        'abnormal days' as cause,
        cast(recent_abnormal_usd as double) * 30 / 14 - cast(trailing_abnormal_usd as double) as change_usd
    from abnormal

),

causes as (

    select
        1 as cause_order,
        'customers that started' as cause
    union all
    select
        2 as cause_order,
        'customers that stopped' as cause
    union all
    select
        3 as cause_order,
        'customers that stayed' as cause
    union all
    select
        4 as cause_order,
        'abnormal days' as cause

),

summed as (

    select
        causes.cause_order,
        causes.cause,
        {{ money_of_double('coalesce(' ~ stable_sum('levels.change_usd') ~ ', 0)') }} as change_usd
    from causes
    left join levels on causes.cause = levels.cause
    group by causes.cause_order, causes.cause

),

{# What the method sees beyond the level: weekdays, growth, and costs that are no calls of customers. #}
with_rest as (

    select
        cause_order,
        cause,
        change_usd
    from summed
    union all
    select
        5 as cause_order,
        'weekdays, trend and other costs' as cause,
        {{ money('max(outlook.forecast_usd) - max(outlook.trailing_cost_usd) - sum(summed.change_usd)') }} as change_usd
    from summed
    cross join outlook

),

final as (

    select
        with_rest.cause_order,
        with_rest.cause,
        with_rest.change_usd,
        outlook.trailing_cost_usd,
        outlook.forecast_usd
    from with_rest
    cross join outlook

)

select * from final
