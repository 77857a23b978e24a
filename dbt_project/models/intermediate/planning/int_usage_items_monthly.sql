{# one row per month x scope (total, component, provider, team; what else has a budget) x item (what one owner used of one model, or of one meter
   of a bill): its quantity and cost in the month and, for comparison, in the one before #}

{% set items = ['team_id', 'customer_id', 'product_id', 'feature_id', 'provider', 'model', 'service_name', 'meter', 'unit'] %}
{% set sums = ['quantity', 'tokens', 'cost_usd'] %}
{% set owners = ['organization_id', 'business_unit_id', 'project_id', 'user_id', 'cost_centre'] %}

with usage as (

    select * from {{ ref('int_usage_owned_daily') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

budgets as (

    select * from {{ ref('int_budgets') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

services as (

    select
        provider,
        min(service_name) as service_name
    from ai_services
    group by provider

),

{# Calls whose cost is not known are in neither cost nor calls. Of bills what has a quantity: what a line costs the owners of calls is those calls. #}
used as (

    select
        usage.usage_date,
        'ai' as component,
        cast(null as string) as region,
        true as is_direct,
        usage.team_id,
        usage.customer_id,
        usage.product_id,
        usage.feature_id,
        usage.provider,
        usage.model,
        coalesce(services.service_name, usage.provider) as service_name,
        cast(null as string) as meter,
        'calls' as unit,
        {%- for owner in owners %}
        usage.{{ owner }},
        {%- endfor %}
        cast(usage.calls - usage.uncosted_calls as decimal(38, 15)) as quantity,
        usage.input_tokens + usage.output_tokens - usage.uncosted_tokens as tokens,
        coalesce(usage.effective_cost_usd, 0) as cost_usd
    from usage
    left join services on usage.provider = services.provider
    union all
    select
        charge_date as usage_date,
        cost_component as component,
        region_id as region,
        is_direct,
        team_id,
        customer_id,
        product_id,
        feature_id,
        coalesce(provider, provider_name) as provider,
        cast(null as string) as model,
        service_name,
        coalesce(sku_meter, sku_id, service_name) as meter,
        coalesce(consumed_unit, pricing_unit) as unit,
        {%- for owner in owners %}
        {{ owner }},
        {%- endfor %}
        case when consumed_unit is not null then consumed_quantity else pricing_quantity end as quantity,
        0 as tokens,
        effective_cost_usd as cost_usd
    from charges
    where
        is_counted and source <> 'calls' and model is null and charge_category = 'Usage' and effective_cost_usd is not null
        and case when consumed_unit is not null then consumed_quantity when pricing_unit is not null then pricing_quantity end is not null

),

days as (

    select
        used.*,
        cast(date_trunc('month', used.usage_date) as date) as month_start_date,
        {{ compared_days('used.usage_date') }}
    from used
    cross join as_of
    where used.usage_date between as_of.first_usage_date and as_of.as_of_date

),

{% set keys = ['month_start_date', 'next_month_start_date', 'is_compared', 'component', 'region', 'is_direct'] + items + owners %}
placed as (

    select
        {{ keys | join(', ') }},
        cast(sum(quantity) as decimal(38, 15)) as quantity,
        cast(sum(tokens) as bigint) as tokens,
        {{ money('sum(cost_usd)') }} as cost_usd
    from days
    group by {{ keys | join(', ') }}

),

{# Which months there are to compare: the last three and, where it has begun, the running one, and those of a quarter or year with a budget that ended
   in these; each with the whole month before it in the data. #}
months as (

    select distinct placed.month_start_date
    from placed
    cross join as_of
    left join budgets
        on
            budgets.period <> 'month'
            and placed.month_start_date between budgets.period_start_date and budgets.period_end_date
            and budgets.period_end_date between as_of.as_of_date - 123 and as_of.as_of_date
    where
        as_of.first_usage_date <= cast(date_trunc('month', placed.month_start_date - 1) as date)
        and (placed.month_start_date > as_of.as_of_date - 123 or budgets.scope is not null)

),

budgeted_scopes as (

    select distinct
        scope,
        scope_id
    from budgets
    where scope not in {{ company_scopes() }}

),

{# What is shared out is in nobody's use: it is in what was charged, and no owner's. #}
scoped as (

    select 'total' as scope, 'total' as scope_id, placed.* from placed
    {%- for scope, column in [('component', 'component'), ('provider', 'provider'), ('team', 'team_id')] %}
    union all
    select '{{ scope }}' as scope, {{ column }} as scope_id, placed.* from placed
    where {{ column }} is not null{{ ' and is_direct' if scope == 'team' }}
    {%- endfor %}
    {%- for scope, column in [
        ('business_unit', 'business_unit_id'), ('project', 'project_id'), ('user', 'user_id'), ('cost_centre', 'cost_centre'), ('organization', 'organization_id'),
        ('customer', 'customer_id'), ('product', 'product_id'), ('feature', 'feature_id'), ('service', 'service_name'), ('region', 'region')
    ] %}
    union all
    select '{{ scope }}' as scope, placed.{{ column }} as scope_id, placed.*
    from placed
    inner join budgeted_scopes on budgeted_scopes.scope = '{{ scope }}' and placed.{{ column }} = budgeted_scopes.scope_id
    {{ 'where placed.is_direct' if scope not in ('service', 'region') }}
    {%- endfor %}

),

{# Usage of the day after the last of a month belongs to the next: that names the month to compare with. #}
sides as (

    select month_start_date, scope, scope_id, {{ items | join(', ') }}, {% for name in sums %}{{ name }}, 0 as prior_{{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from scoped
    union all
    select next_month_start_date as month_start_date, scope, scope_id, {{ items | join(', ') }}, {% for name in sums %}0 as {{ name }}, {{ name }} as prior_{{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from scoped
    where is_compared

),

final as (

    select
        sides.month_start_date,
        sides.scope,
        sides.scope_id,
        {%- for item in items %}
        sides.{{ item }},
        {%- endfor %}
        cast(sum(sides.quantity) as decimal(38, 15)) as quantity,
        cast(sum(sides.tokens) as bigint) as tokens,
        {{ money('sum(sides.cost_usd)') }} as cost_usd,
        cast(sum(sides.prior_quantity) as decimal(38, 15)) as prior_quantity,
        cast(sum(sides.prior_tokens) as bigint) as prior_tokens,
        {{ money('sum(sides.prior_cost_usd)') }} as prior_cost_usd
    from sides
    inner join months on sides.month_start_date = months.month_start_date
    group by sides.month_start_date, sides.scope, sides.scope_id, sides.{{ items | join(', sides.') }}

)

select * from final
