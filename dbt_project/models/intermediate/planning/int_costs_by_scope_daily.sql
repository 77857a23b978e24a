{# one row per scope (total, component, provider, team, model, pool; the series of other scopes) x UTC day with usage up to the as-of date: the series that
   are forecast. A day on which nothing at all was called is a gap in the data, not a day without cost; a day on which only this scope was
   idle costs 0, and one of which no cost is known is unknown #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

series as (

    select * from {{ ref('int_forecast_series') }}

),

fixed_bills as (

    select * from {{ ref('int_fixed_bills') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

counted_charges as (

    select
        charges.*,
        case when fixed_bills.fixed_kind = 'spread' then charges.effective_cost_usd else 0 end as spread_cost_usd,
        case when fixed_bills.fixed_kind = 'on one day' then charges.effective_cost_usd else 0 end as one_day_cost_usd
    from charges
    left join fixed_bills on {{ bill_key('charges') }} = fixed_bills.bill_key
    inner join as_of on charges.charge_date between as_of.first_usage_date and as_of.as_of_date
    where charges.is_counted

),

{# What is shared out goes on at its daily rate: beside its pool it is not forecast. #}

costs as (

    select
        charge_date as usage_date,
        coalesce(provider, provider_name) as provider,
        team_id,
        cost_component,
        model,
        cost_pool,
        is_direct,
        sum(effective_cost_usd) as cost_usd,
        sum(spread_cost_usd) as spread_cost_usd,
        sum(one_day_cost_usd) as one_day_cost_usd,
        count(*) > count(effective_cost_usd) as has_unknown_cost
    from counted_charges
    group by charge_date, coalesce(provider, provider_name), team_id, cost_component, model, cost_pool, is_direct

),

named_costs as (
    {% for scope, column in [
        ('business_unit', 'business_unit_id'), ('project', 'project_id'), ('user', 'user_id'), ('cost_centre', 'cost_centre'), ('organization', 'organization_id'),
        ('customer', 'customer_id'), ('product', 'product_id'), ('feature', 'feature_id'), ('service', 'service_name'), ('region', 'region_id')
    ] %}
    select
        counted_charges.charge_date as usage_date,
        series.scope,
        series.series_id as scope_id,
        series.days_between_origins,
        sum(counted_charges.effective_cost_usd) as cost_usd,
        sum(counted_charges.spread_cost_usd) as spread_cost_usd,
        sum(counted_charges.one_day_cost_usd) as one_day_cost_usd,
        count(*) > count(counted_charges.effective_cost_usd) as has_unknown_cost
    from counted_charges
    inner join series on series.scope = '{{ scope }}' and counted_charges.is_direct and counted_charges.{{ column }} = series.scope_id
    group by counted_charges.charge_date, series.scope, series.series_id, series.days_between_origins
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

{# Methods look ahead from every day, from every seventh, or from the as-of date alone, where no error is known. #}
by_scope as (

    {% for scope, scope_id, days_between_origins, condition in [
        ('total', "'total'", 1, 'is_direct'), ('component', 'cost_component', 1, 'is_direct'), ('provider', 'provider', 1, 'is_direct'), ('team', 'team_id', 1, 'is_direct'),
        ('model', 'model', 7, 'is_direct and model is not null'), ('pool', 'cost_pool', 7, 'cost_pool is not null')
    ] %}
    select
        usage_date, '{{ scope }}' as scope, {{ scope_id }} as scope_id, {{ days_between_origins }} as days_between_origins,
        cost_usd, spread_cost_usd, one_day_cost_usd, has_unknown_cost
    from costs
    where {{ condition }}
    union all
    {%- endfor %}
    select usage_date, scope, scope_id, days_between_origins, cost_usd, spread_cost_usd, one_day_cost_usd, has_unknown_cost from named_costs

),

summed as (

    select
        usage_date,
        scope,
        scope_id,
        days_between_origins,
        {{ money('sum(cost_usd)') }} as cost_usd,
        {{ money('coalesce(sum(one_day_cost_usd), 0)') }} as one_day_cost_usd,
        {{ even_cost('coalesce(sum(spread_cost_usd), 0)', 'usage_date') }} as spread_even_cost_usd,
        {{ money('coalesce(sum(spread_cost_usd), 0)') }} as spread_cost_usd,
        bool_or(has_unknown_cost) as has_unknown_cost
    from by_scope
    group by usage_date, scope, scope_id, days_between_origins

),

scopes as (

    select
        scope,
        scope_id,
        days_between_origins,
        min(usage_date) as first_usage_date
    from summed
    group by scope, scope_id, days_between_origins

),

{# A pool that is spread over its month costs something on a day without data, too. #}
days as (

    select distinct usage_date from costs
    where is_direct

),

{# A bill of a fixed amount a month costs more a day in February than in March. On even days, of which methods are made, it costs a twelfth of its year on
   the days of the mean month, and one that falls on a single day is left out: it comes again on that day. #}
filled as (

    select
        scopes.scope,
        scopes.scope_id,
        days.usage_date,
        {{ iso_weekday('days.usage_date') }} as iso_weekday,
        scopes.days_between_origins,
        case when summed.scope is null then {{ money(0) }} else summed.cost_usd end as cost_usd,
        case
            when summed.scope is null then {{ money(0) }}
            else {{ money('summed.cost_usd - summed.one_day_cost_usd - summed.spread_cost_usd + summed.spread_even_cost_usd') }}
        end as even_cost_usd,
        coalesce(summed.spread_even_cost_usd, {{ money(0) }}) as spread_even_cost_usd,
        coalesce(summed.one_day_cost_usd, {{ money(0) }}) as one_day_cost_usd,
        coalesce(summed.has_unknown_cost, false) as has_unknown_cost
    from scopes
    inner join days on scopes.first_usage_date <= days.usage_date
    left join summed
        on scopes.scope = summed.scope and scopes.scope_id = summed.scope_id and days.usage_date = summed.usage_date

)

select * from filled
