{# one row per series (total, provider, team, model, feature, customer; service, account and pool, where a bill has lines by the hour) x hour of the
   day x UTC day, of the days that judging the last ones takes; hours that usually cost too little to be looked at are left out #}

{# Like days four weeks back, of as many days as say how far hours usually differ. #}
{% set days_needed = 28 + 56 %}
{% set hour_in_milliseconds = 3600000 %}

with calls_hourly as (

    select * from {{ ref('int_calls_costed_hourly') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

as_of as (

    select
        as_of_date,
        as_of_date - cast({{ assumption('anomaly_hourly_days') }} as integer) + 1 - {{ days_needed }} as first_date
    from {{ ref('int_as_of_date') }}

),

costs as (

    select
        calls_hourly.usage_date,
        calls_hourly.hour_of_day,
        calls_hourly.provider,
        owner_matches.team_id,
        calls_hourly.model,
        nullif(calls_hourly.product_id, 'unallocated') || '/' || calls_hourly.feature_id as feature,
        calls_hourly.customer_id,
        sum(calls_hourly.effective_cost_usd) as cost_usd
    from calls_hourly
    inner join as_of on calls_hourly.usage_date between as_of.first_date and as_of.as_of_date
    inner join owner_matches
        on
            {{ owner_key('calls_hourly.team_id', 'calls_hourly.product_id', 'calls_hourly.feature_id') }} = owner_matches.owner_key
            and owner_matches.valid_from_date <= calls_hourly.usage_date
            and calls_hourly.usage_date < owner_matches.valid_to_date
    group by all

),

billed as (

    select
        charges.charge_date as usage_date,
        cast(extract(hour from charges.charge_period_start_at) as integer) as hour_of_day,
        charges.service_name,
        charges.sub_account_id,
        charges.cost_pool,
        charges.effective_cost_usd
    from charges
    inner join as_of on charges.charge_date between as_of.first_date and as_of.as_of_date
    where
        charges.is_counted and charges.is_direct and charges.source <> 'calls' and charges.charge_category <> 'Credit'
        and {{ milliseconds_between('charges.charge_period_start_at', 'charges.charge_period_end_at') }} = {{ hour_in_milliseconds }}

),

by_series as (

    select usage_date, hour_of_day, 'total' as scope, 'total' as scope_id, cost_usd from costs
    {%- for scope, column in [('provider', 'provider'), ('team', 'team_id'), ('model', 'model'), ('feature', 'feature'), ('customer', 'customer_id')] %}
    union all
    select usage_date, hour_of_day, '{{ scope }}' as scope, {{ column }} as scope_id, cost_usd from costs
    where {{ column }} is not null
    {%- endfor %}
    {#- Bills come later than calls, and most have no hours: what they are of is series of their own, in no other. #}
    {%- for scope, column in [('service', 'service_name'), ('account', 'sub_account_id'), ('pool', 'cost_pool')] %}
    union all
    select usage_date, hour_of_day, '{{ scope }}' as scope, {{ column }} as scope_id, effective_cost_usd as cost_usd from billed
    where {{ column }} is not null
    {%- endfor %}

),

summed as (

    select
        scope,
        scope_id,
        hour_of_day,
        usage_date,
        {{ money('coalesce(sum(cost_usd), 0)') }} as cost_usd
    from by_series
    group by scope, scope_id, hour_of_day, usage_date

),

{# What a bill has not told yet is no drop: its series are judged up to their last line. #}
spans as (

    select
        summed.scope,
        summed.scope_id,
        min(summed.usage_date) as first_date,
        case when summed.scope in ('service', 'account', 'pool') then max(summed.usage_date) else max(as_of.as_of_date) end as last_date
    from summed
    cross join as_of
    group by summed.scope, summed.scope_id

),

days as (

    select distinct usage_date from summed

),

worth_a_look as (

    select
        summed.scope,
        summed.scope_id,
        summed.hour_of_day,
        max(spans.first_date) as first_date,
        max(spans.last_date) as last_date
    from summed
    inner join spans on summed.scope = spans.scope and summed.scope_id = spans.scope_id
    group by summed.scope, summed.scope_id, summed.hour_of_day
    having
        cast(sum(summed.cost_usd) as double)
        >= {{ assumption('anomaly_min_excess_usd') }} * ({{ days_between('max(spans.first_date)', 'max(spans.last_date)') }} + 1)

),

{# A day on which nothing at all was called is a gap; an hour without calls on another cost nothing. #}
filled as (

    select
        worth_a_look.scope,
        worth_a_look.scope_id,
        worth_a_look.hour_of_day,
        days.usage_date,
        coalesce(summed.cost_usd, {{ money(0) }}) as cost_usd
    from worth_a_look
    inner join days on days.usage_date between worth_a_look.first_date and worth_a_look.last_date
    left join summed
        on
            worth_a_look.scope = summed.scope
            and worth_a_look.scope_id = summed.scope_id
            and worth_a_look.hour_of_day = summed.hour_of_day
            and days.usage_date = summed.usage_date

)

select * from filled
