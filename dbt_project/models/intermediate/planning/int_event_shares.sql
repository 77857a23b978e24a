{# one row per scope that an event to come is of (a scope of the seed forecast_events, a commitment on a bill) x scope that is forecast: what of its cost of the
   last 28 days lies there #}

{# The level of a forecast stands on the last four of each weekday. #}
{% set days_known = 28 %}

with charges as (

    select * from {{ ref('fct_charges') }}

),

known_events as (

    select * from {{ ref('forecast_events') }}

),

costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

series as (

    select * from {{ ref('int_forecast_series') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

events as (

    select distinct
        scope,
        scope_id
    from known_events

),

direct_charges as (

    select
        charges.*,
        coalesce(charges.provider, charges.provider_name) as provider_id,
        {{ days_between('as_of.first_usage_date', 'as_of.as_of_date') }} + 1 as days_of_data
    from charges
    cross join as_of
    where charges.is_counted and charges.is_direct and charges.charge_date between greatest(as_of.first_usage_date, as_of.as_of_date - {{ days_known - 1 }}) and as_of.as_of_date

),

{# What a commitment covers would be paid for on demand; what is not used of it would not. #}
named as (
    {% for scope, column in [('total', "'total'"), ('component', 'direct_charges.cost_component'), ('provider', 'direct_charges.provider_id'), ('team', 'direct_charges.team_id'), ('customer', 'direct_charges.customer_id')] %}
    select events.scope as event_scope, events.scope_id as event_scope_id, direct_charges.*
    from direct_charges
    inner join events on events.scope = '{{ scope }}' and events.scope_id = {{ column }}
    union all
    {%- endfor %}
    select 'commitment' as event_scope, provider_name || '/' || commitment_discount_id as event_scope_id, direct_charges.*
    from direct_charges
    where commitment_discount_id is not null and charge_category = 'Usage' and coalesce(commitment_discount_status, 'Used') = 'Used'

),

located as (

    select event_scope, event_scope_id, 'total' as scope, 'total' as scope_id, days_of_data, effective_cost_usd from named
    {%- for scope, column in [
        ('component', 'cost_component'), ('provider', 'provider_id'), ('team', 'team_id'), ('business_unit', 'business_unit_id'), ('project', 'project_id'),
        ('user', 'user_id'), ('cost_centre', 'cost_centre'), ('organization', 'organization_id'), ('customer', 'customer_id'), ('product', 'product_id'),
        ('feature', 'feature_id'), ('service', 'service_name'), ('region', 'region_id'), ('model', 'model'), ('pool', 'cost_pool')
    ] %}
    union all
    select event_scope, event_scope_id, '{{ scope }}' as scope, {{ column }} as scope_id, days_of_data, effective_cost_usd from named
    {%- endfor %}

),

forecast_scopes as (

    select distinct
        scope,
        scope_id
    from costs

),

summed as (

    select
        located.event_scope,
        located.event_scope_id,
        located.scope,
        coalesce(series.series_id, located.scope_id) as scope_id,
        max(least(located.days_of_data, {{ days_known }})) as days,
        {{ money('coalesce(sum(located.effective_cost_usd), 0)') }} as cost_usd
    from located
    left join series on located.scope = series.scope and located.scope_id = series.scope_id
    inner join forecast_scopes on located.scope = forecast_scopes.scope and coalesce(series.series_id, located.scope_id) = forecast_scopes.scope_id
    group by located.event_scope, located.event_scope_id, located.scope, coalesce(series.series_id, located.scope_id)

),

{# Running costs, so that the parts of an effect sum to it to the last decimal. #}
final as (

    select
        event_scope,
        event_scope_id,
        scope,
        scope_id,
        cost_usd,
        {{ money('sum(cost_usd) over (partition by event_scope, event_scope_id, scope order by scope_id rows between unbounded preceding and current row)') }} as running_cost_usd,
        {{ money("max(case when scope = 'total' then cost_usd end) over (partition by event_scope, event_scope_id)") }} as event_cost_usd,
        {{ ratio("max(case when scope = 'total' then cost_usd end) over (partition by event_scope, event_scope_id)", 'days') }} as daily_cost
    from summed

)

select * from final
