{# one row per series (total, pool, provider, account, team, model, feature, service, resource) x UTC day with usage, up to the as-of date #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

costs as (

    select
        charges.charge_date as usage_date,
        {{ charge_series_columns('charges') }},
        sum(charges.effective_cost_usd) as cost_usd
    from charges
    inner join as_of on charges.charge_date between as_of.first_usage_date and as_of.as_of_date
    {# A credit is no use: on its day a series would seem to stand still. #}
    where charges.is_counted and charges.charge_category <> 'Credit'
    group by all

),

{# There may be thousands of machines: those that cost much on a day on which they are used. #}
watched_resources as (

    select resource
    from costs
    where is_direct and resource is not null
    group by resource
    having sum(cost_usd) >= {{ assumption('anomaly_resource_from_usd', 'decimal(18, 6)') }} * greatest(count(distinct case when cost_usd > 0 then usage_date end), 1)

),

by_series as (

    select usage_date, 'total' as scope, 'total' as scope_id, is_direct, cost_usd from costs
    where is_direct
    {%- for scope, column in [
        ('provider', 'provider'), ('account', 'account'), ('team', 'team_id'), ('model', 'model'), ('feature', 'feature'), ('service', 'service_name')
    ] %}
    union all
    select usage_date, '{{ scope }}' as scope, {{ column }} as scope_id, is_direct, cost_usd from costs
    where is_direct and {{ column }} is not null
    {%- endfor %}
    union all
    select costs.usage_date, 'resource' as scope, costs.resource as scope_id, costs.is_direct, costs.cost_usd
    from costs
    inner join watched_resources on costs.resource = watched_resources.resource
    where costs.is_direct
    union all
    {# A pool may be all that tells of what is shared out. #}
    select usage_date, 'pool' as scope, pool as scope_id, is_direct, cost_usd from costs
    where pool is not null

),

summed as (

    select
        usage_date,
        scope,
        scope_id,
        bool_and(is_direct) as is_direct,
        {{ money('coalesce(sum(cost_usd), 0)') }} as cost_usd
    from by_series
    group by usage_date, scope, scope_id

),

begun as (

    select
        scope,
        scope_id,
        {# A pool of which any part is shared out is no part of direct cost. #}
        bool_and(is_direct) as is_direct,
        min(usage_date) as first_usage_date
    from summed
    group by scope, scope_id

),

{# A pool that is spread over its month costs something on a day without data, too. #}
days as (

    select distinct usage_date from costs
    where is_direct

),

{# A day on which nothing at all was called is a gap; a day on which this series alone was idle cost nothing. #}
filled as (

    select
        begun.scope,
        begun.scope_id,
        begun.is_direct,
        days.usage_date,
        coalesce(summed.cost_usd, {{ money(0) }}) as cost_usd
    from begun
    inner join days on begun.first_usage_date <= days.usage_date
    left join summed on begun.scope = summed.scope and begun.scope_id = summed.scope_id and days.usage_date = summed.usage_date

)

select * from filled
