{# one row per series x UTC day, and of the last days also x hour of it, whose cost was unusual, high or low: with its cause, and the incident
   that it belongs to #}

{% set hour_key = 'coalesce({}.hour_of_day, -1)' %}

with unusual as (

    select * from {{ ref('int_series_unusual') }}

),

customer_anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

drivers as (

    select * from {{ ref('int_series_drivers') }}

),

{# The narrowest first. #}
found as (

    select
        *,
        case scope
            when 'customer' then 1 when 'resource' then 1 when 'feature' then 2 when 'model' then 3 when 'service' then 4 when 'team' then 5
            when 'account' then 6 when 'provider' then 7 when 'pool' then 8 else 9
        end as breadth
    from unusual

),

{# What can be the cause of a rise or a drop: a customer whose day is told already, or another series. #}
suspects as (

    select
        usage_date, hour_of_day,
        direction,
        scope, scope_id,
        is_direct,
        excess_usd,
        cast(null as string) as cause_provider,
        cast(null as string) as cause_model,
        cast(null as string) as cause_feature,
        breadth
    from found
    union all
    select
        usage_date,
        cast(null as integer) as hour_of_day,
        'rise' as direction,
        'customer' as scope,
        customer_id as scope_id,
        true as is_direct,
        excess_cost_usd as excess_usd,
        cause_provider,
        cause_model,
        cause_product_id || '/' || cause_feature_id as cause_feature,
        0 as breadth
    from customer_anomalies

),

explained as (

    select
        found.*,
        suspects.scope as cause_scope,
        suspects.scope_id as cause_scope_id,
        row_number() over (
            partition by found.scope, found.scope_id, found.usage_date, found.hour_of_day
            order by suspects.breadth asc, abs(suspects.excess_usd) desc, suspects.scope_id asc
        ) as place
    from found
    inner join suspects
        on
            found.usage_date = suspects.usage_date
            and found.direction = suspects.direction
            {# What is shared out is in no series of direct cost. #}
            and found.is_direct = suspects.is_direct
            and (suspects.breadth = 0 or {{ hour_key.format('found') }} = {{ hour_key.format('suspects') }})
            and 2 * abs(suspects.excess_usd) >= abs(found.excess_usd)
            {# What is far larger than the whole is no part of it. #}
            and (suspects.breadth = 0 or 2 * abs(suspects.excess_usd) <= 3 * abs(found.excess_usd))
            and (
                found.scope = 'total'
                {# No pool is a part of another. #}
                or (found.scope = 'pool' and suspects.scope <> 'pool')
                or (found.scope = suspects.scope and found.scope_id = suspects.scope_id)
                or (found.scope in ('provider', 'service') and suspects.scope in ('model', 'service'))
                or (found.scope = 'provider' and suspects.scope = 'account')
                or (found.scope in ('provider', 'service', 'account', 'team') and suspects.scope = 'resource')
                or (found.scope = 'team' and suspects.scope = 'feature')
                {# A feature is no part of a model, nor a service of a team: where both differ by about as much it is the same. #}
                or (suspects.breadth between 1 and found.breadth - 1 and 5 * abs(suspects.excess_usd) >= 4 * abs(found.excess_usd))
                or (suspects.breadth = 0 and found.scope_id in (suspects.cause_provider, suspects.cause_model, suspects.cause_feature))
                or (suspects.breadth = 0 and found.scope in ('team', 'service'))
            )

),

{# An hour of a series whose day was found, or of one that the hour has as its cause, belongs to what that day is told for. #}
of_incidents as (

    select
        explained.*,
        coalesce(days.cause_scope, explained.cause_scope) as incident_scope,
        coalesce(days.cause_scope_id, explained.cause_scope_id) as incident_scope_id
    from explained
    left join explained as days
        on
            explained.usage_date = days.usage_date
            and explained.direction = days.direction
            and case when explained.hour_of_day is not null then explained.cause_scope end = days.scope
            and explained.cause_scope_id = days.scope_id
            and days.hour_of_day is null
            and days.place = 1
    where explained.place = 1

),

{# Days of one cause in a row, and the hours within them, are one incident. #}
dated as (

    select
        *,
        case when {{ days_between('lag(usage_date) over one_cause', 'usage_date') }} <= 1 then 0 else 1 end as is_new
    from of_incidents
    window one_cause as (partition by direction, incident_scope, incident_scope_id order by usage_date, coalesce(hour_of_day, -1), scope, scope_id)

),

numbered as (

    select
        *,
        sum(is_new) over (
            partition by direction, incident_scope, incident_scope_id
            order by usage_date, coalesce(hour_of_day, -1), scope, scope_id rows between unbounded preceding and current row
        ) as incident_number
    from dated

),

incidents as (

    select
        *,
        min(usage_date) over (partition by direction, incident_scope, incident_scope_id, incident_number) as incident_start_date,
        max(usage_date) over (partition by direction, incident_scope, incident_scope_id, incident_number) as incident_end_date,
        max(case when direction = 'drop' and cost_usd = 0 and scope = incident_scope and scope_id = incident_scope_id then 1 else 0 end) over (
            partition by direction, incident_scope, incident_scope_id, incident_number
        ) as is_without_records,
        {# The widest view of the worst of it: a day before an hour. #}
        row_number() over (
            partition by direction, incident_scope, incident_scope_id, incident_number
            order by case when hour_of_day is null then 0 else 1 end asc, abs(excess_usd) desc, usage_date asc, coalesce(hour_of_day, -1) asc, scope asc, scope_id asc
        ) as incident_place
    from numbered

),

final as (

    select
        incidents.usage_date,
        incidents.hour_of_day,
        case
            when incidents.hour_of_day is null then 'all day'
            else case when incidents.hour_of_day < 10 then '0' else '' end || cast(incidents.hour_of_day as string) || ':00'
        end as time_of_day,
        incidents.scope, incidents.scope_id,
        incidents.direction,
        incidents.cost_usd as observed_cost_usd,
        incidents.expected_cost_usd,
        incidents.excess_usd,
        incidents.anomaly_score,
        drivers.driver,
        drivers.calls as observed_calls,
        drivers.expected_calls,
        incidents.cause_scope,
        incidents.cause_scope_id,
        incidents.is_without_records = 1 as is_without_records,
        cast(incidents.incident_start_date as string) || '/' || incidents.direction || '/' || incidents.incident_scope || '/' || incidents.incident_scope_id
            as incident_id,
        incidents.incident_start_date,
        incidents.incident_end_date,
        incidents.incident_place = 1 as is_headline,
        {# What missing records look like: before anybody is asked why less was used, the files are. #}
        case when incidents.direction = 'drop' then 'core.rpt_reconciliation' when incidents.incident_scope = 'resource' then 'core.dim_resources' else 'anomalies.fct_cost_anomalies' end as look_at,
        case
            when incidents.is_without_records = 1 then 'nothing was recorded: look for missing logs'
            when drivers.driver = 'lower prices' then 'see for how long the price is lower'
            when incidents.direction = 'drop' then 'see whether all records are there'
            when incidents.incident_scope = 'resource' then 'ask its owner whether it is to run'
            else 'see who used more'
        end as next_step
    from incidents
    left join drivers
        on
            case when incidents.hour_of_day is null then incidents.scope end = drivers.scope
            and incidents.scope_id = drivers.scope_id and incidents.usage_date = drivers.usage_date

)

select * from final
