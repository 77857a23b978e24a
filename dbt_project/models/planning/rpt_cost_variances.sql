{# one row per month x basis (prior period, budget, forecast) x scope x part of the difference #}

with variances as (

    select * from {{ ref('int_cost_variances') }}

),

changes as (

    select * from {{ ref('int_cost_changes_decomposed') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

{# Calls have a model, what a bill meters a service, a resource and a meter. The days of the month are those of all that runs on, a mix is that of the resource. #}
{% set main_items = ['team_id', 'customer_id', 'feature_id', 'provider', 'model', 'service_name', 'resource_id', 'meter', 'unit'] %}
{% set whole = {
    'days': ['customer_id', 'product_id', 'feature_id', 'model', 'resource_id', 'meter'],
    'mix': ['meter']
} %}
{% set causes = ['month_start_date', 'scope', 'scope_id', 'product_id'] + main_items %}
parts as (
    {% for part, column, check in [
        ('days', 'days_usd', 'days_usd'), ('price', 'price_usd', 'lmdi_price_usd'), ('volume', 'volume_usd', 'lmdi_volume_usd'), ('mix', 'mix_usd', 'lmdi_mix_usd'),
        ('efficiency', 'efficiency_usd', 'lmdi_efficiency_usd'), ('new', 'new_usd', 'new_usd'), ('lost', 'lost_usd', 'lost_usd')
    ] %}
    select
        {%- for column in causes %}
        {{ 'cast(null as string) as ' ~ column if column in whole.get(part, []) else column }},
        {%- endfor %}
        '{{ part }}' as part,
        {{ column }} as variance_usd,
        {{ check }} as lmdi_usd
    from changes
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

by_cause as (

    select
        {{ causes | join(', ') }},
        part,
        sum(variance_usd) as variance_usd,
        sum(lmdi_usd) as lmdi_usd
    from parts
    group by {{ causes | join(', ') }}, part

),

ranked as (

    select
        *,
        row_number() over (
            partition by month_start_date, scope, scope_id, part
            order by
                -abs(variance_usd), team_id nulls last, customer_id nulls last, product_id nulls last, feature_id nulls last, provider nulls last,
                model nulls last, service_name nulls last, resource_id nulls last, meter nulls last, unit nulls last
        ) as item_rank
    from by_cause

),

summed as (

    select
        month_start_date,
        scope,
        scope_id,
        part,
        {{ money('sum(variance_usd)') }} as variance_usd,
        {{ money('sum(lmdi_usd)') }} as lmdi_usd,
        {%- for item in main_items %}
        max(case when item_rank = 1 then {{ item }} end) as main_{{ item }},
        {%- endfor %}
        {{ money('max(case when item_rank = 1 then variance_usd end)') }} as main_variance_usd
    from ranked
    group by month_start_date, scope, scope_id, part

),

stacked as (

    select
        variances.month_start_date,
        variances.basis,
        variances.scope,
        variances.scope_id,
        summed.part,
        summed.variance_usd,
        summed.lmdi_usd,
        {%- for item in main_items %}
        case when summed.main_variance_usd <> 0 then summed.main_{{ item }} end as main_{{ item }},
        {%- endfor %}
        nullif(summed.main_variance_usd, 0) as main_variance_usd
    from variances
    inner join summed
        on
            variances.month_start_date = summed.month_start_date
            and variances.scope = summed.scope
            and variances.scope_id = summed.scope_id
    {%- for part, column in [('starting point', 'starting_point_usd'), ('other costs', 'other_costs_usd')] %}
    union all
    select
        month_start_date,
        basis,
        scope,
        scope_id,
        '{{ part }}' as part,
        {{ column }} as variance_usd,
        {{ column }} as lmdi_usd,
        {%- for item in main_items %}
        cast(null as string) as main_{{ item }},
        {%- endfor %}
        {{ money('null') }} as main_variance_usd
    from variances
    {%- endfor %}

),

judged as (

    select
        *,
        {{ money('actual_usd - compared_usd') }} as total_variance_usd,
        {{ ratio('actual_usd - compared_usd', 'compared_usd') }} as total_variance_share
    from variances

),

final as (

    select
        stacked.month_start_date,
        stacked.month_start_date = max(stacked.month_start_date) over () as is_latest,
        stacked.basis,
        stacked.scope,
        stacked.scope_id,
        coalesce(scope_owners.owner_name, stacked.scope_id) as scope_name,
        stacked.part,
        stacked.variance_usd,
        stacked.lmdi_usd,
        cast(row_number() over (
            partition by stacked.month_start_date, stacked.basis, stacked.scope, stacked.scope_id
            order by -abs(stacked.variance_usd), stacked.part
        ) as integer) as part_rank,
        judged.actual_usd,
        judged.compared_usd,
        judged.total_variance_usd,
        judged.total_variance_share,
        {{ variance_severity('judged.total_variance_share', 'judged.total_variance_usd') }} as severity,
        stacked.main_team_id,
        coalesce(main_owners.owner_name, stacked.main_team_id) as main_team_name,
        stacked.main_customer_id,
        coalesce(customers.customer_name, stacked.main_customer_id) as main_customer_name,
        stacked.main_feature_id,
        stacked.main_provider,
        stacked.main_model,
        stacked.main_service_name,
        stacked.main_resource_id,
        stacked.main_meter,
        stacked.main_unit,
        stacked.main_variance_usd
    from stacked
    inner join judged
        on
            stacked.month_start_date = judged.month_start_date
            and stacked.basis = judged.basis
            and stacked.scope = judged.scope
            and stacked.scope_id = judged.scope_id
    left join owners as scope_owners
        on stacked.scope = scope_owners.owner_type and stacked.scope_id = scope_owners.owner_id and scope_owners.is_latest
    left join owners as main_owners on stacked.main_team_id = main_owners.owner_id and main_owners.is_latest
    left join customers on stacked.main_customer_id = customers.customer_id

)

select * from final
