{# one row per scope beyond company, components, providers, teams, models and pools that is forecast: the series that its cost is in, and from which days that is scored. What has
   a budget or an event to come has its own, and so have the costliest business units, services, projects and customers; the others of such a kind are one #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

budgets as (

    select * from {{ ref('int_budgets') }}

),

events as (

    select * from {{ ref('forecast_events') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

counted_charges as (

    select
        charges.*,
        case when charges.charge_date >= as_of.window_start_date then charges.effective_cost_usd end as recent_cost_usd
    from charges
    inner join as_of on charges.charge_date between as_of.first_usage_date and as_of.as_of_date
    where charges.is_counted and charges.is_direct

),

{# Whoever has a budget plans by the forecast, and what a customer costs who is known to leave is to be known. #}
planned_scopes as (

    select scope, scope_id from budgets
    union distinct
    select scope, scope_id from events

),

totals as (
    {% for scope, column in [
        ('business_unit', 'business_unit_id'), ('project', 'project_id'), ('user', 'user_id'), ('cost_centre', 'cost_centre'), ('organization', 'organization_id'),
        ('customer', 'customer_id'), ('product', 'product_id'), ('feature', 'feature_id'), ('service', 'service_name'), ('region', 'region_id')
    ] %}
    select
        '{{ scope }}' as scope,
        {{ column }} as scope_id,
        sum(effective_cost_usd) as cost_usd,
        sum(recent_cost_usd) as recent_cost_usd
    from counted_charges
    where {{ column }} is not null
    group by {{ column }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

placed as (

    select
        totals.scope,
        totals.scope_id,
        planned_scopes.scope is not null as is_planned,
        row_number() over (partition by planned_scopes.scope is not null order by totals.cost_usd desc nulls last, totals.scope asc, totals.scope_id asc) as place,
        row_number() over (partition by totals.scope order by totals.recent_cost_usd desc nulls last, totals.scope_id asc) as place_in_kind
    from totals
    left join planned_scopes on totals.scope = planned_scopes.scope and totals.scope_id = planned_scopes.scope_id

),

{# To score a series from each of 120 days takes time: of what has a budget the costliest are, and what has none is from every seventh. #}
final as (

    select
        scope,
        scope_id,
        case when is_planned or place_in_kind <= {{ assumption('forecasts_of_a_kind_up_to') }} then scope_id else '(all others)' end as series_id,
        case
            when not is_planned then 7
            when place <= {{ assumption('budget_forecasts_up_to') }} then 1
            else 120
        end as days_between_origins
    from placed
    where is_planned or scope in ('business_unit', 'service', 'project', 'customer')

)

select * from final
