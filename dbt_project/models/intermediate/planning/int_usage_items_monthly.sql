{# one row per month x scope (total, component, provider, team; what else has a budget) x item (what one owner used of one model, or of one meter of one
   resource of a bill): its quantity and cost in the month, its cost in the one before, and what the one before is with the weekdays of this month #}

{% set bought = ['team_id', 'customer_id', 'product_id', 'feature_id', 'provider', 'model', 'service_name', 'unit'] %}
{% set items = bought + ['resource_id', 'meter'] %}
{% set owners = ['component', 'region', 'is_direct', 'organization_id', 'business_unit_id', 'project_id', 'user_id', 'cost_centre'] %}
{% set keys = items + owners %}
{% set sums = ['days', 'quantity', 'tokens', 'cost_usd'] %}

with usage as (

    select * from {{ ref('int_usage_items_by_weekday') }}

),

budgets as (

    select * from {{ ref('int_budgets') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Which months there are to compare: the last three and, where it has begun, the running one, and those of a quarter or year with a budget that ended
   in these; each with the whole month before it in the data. #}
months as (

    select distinct usage.month_start_date
    from usage
    cross join as_of
    left join budgets
        on
            budgets.period <> 'month'
            and usage.month_start_date between budgets.period_start_date and budgets.period_end_date
            and budgets.period_end_date between as_of.as_of_date - 123 and as_of.as_of_date
    where
        as_of.first_usage_date <= cast(date_trunc('month', usage.month_start_date - 1) as date)
        and (usage.month_start_date > as_of.as_of_date - 123 or budgets.scope is not null)

),

{# Usage of the day after the last of a month belongs to the next: that names the month to compare with. #}
sides as (

    select month_start_date, iso_weekday, {{ keys | join(', ') }}, {% for name in sums %}{{ name }}, 0 as prior_{{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from usage
    union all
    select next_month_start_date as month_start_date, iso_weekday, {{ keys | join(', ') }}, {% for name in sums %}0 as {{ name }}, {{ name }} as prior_{{ name }}{{ ', ' if not loop.last }}{% endfor %}
    from usage
    where is_compared

),

paired as (

    select
        sides.month_start_date,
        sides.iso_weekday,
        {%- for name in sums %}
        sum(sides.{{ name }}) as {{ name }},
        sum(sides.prior_{{ name }}) as prior_{{ name }},
        {%- endfor %}
        sides.{{ keys | join(', sides.') }}
    from sides
    inner join months on sides.month_start_date = months.month_start_date
    group by sides.month_start_date, sides.iso_weekday, sides.{{ keys | join(', sides.') }}

),

{# A month has four or five of a weekday. One that is not over is held against as many days, and is not weighed. #}
calendar as (

    select
        dates.month_start_date,
        dates.iso_weekday,
        count(*) as days,
        lag(count(*)) over (partition by dates.iso_weekday order by dates.month_start_date) as prior_days
    from dates
    cross join as_of
    where last_day(dates.month_start_date) <= as_of.as_of_date
    group by dates.month_start_date, dates.iso_weekday

),

{# A resource with charges on less than a week of both months is one of many: such are compared together, by what is metered. One that is metered
   otherwise from a day on, as after it was made larger, is the same. #}
{% set same_resource = 'partition by month_start_date, iso_weekday, coalesce(resource_id, meter), ' ~ (bought + owners) | join(', ') %}
gathered as (

    select
        *,
        sum(days) over ({{ same_resource }}) as resource_days,
        sum(prior_days) over ({{ same_resource }}) as prior_resource_days,
        resource_id is not null and sum(days + prior_days) over (partition by month_start_date, {{ keys | join(', ') }}) < 7 as is_passing
    from paired

),

{# What was charged on every such weekday of both months goes on as it was, and so do calls in the mean of all. #}
weighed as (

    select
        gathered.*,
        cast(case
            when
                gathered.unit = 'calls' or gathered.is_passing
                or (gathered.resource_days >= calendar.days and gathered.prior_resource_days >= calendar.prior_days)
                then case when calendar.days > calendar.prior_days then 1.25 when calendar.days < calendar.prior_days then 0.8 else 1 end
            else 1
        end as decimal(3, 2)) as ratio
    from gathered
    left join calendar on gathered.month_start_date = calendar.month_start_date and gathered.iso_weekday = calendar.iso_weekday

),

monthly as (

    select
        month_start_date,
        {%- for key in keys %}
        {{ 'case when not is_passing then resource_id end as ' if key == 'resource_id' }}{{ key }},
        {%- endfor %}
        sum(quantity) as quantity,
        sum(tokens) as tokens,
        sum(cost_usd) as cost_usd,
        sum(prior_cost_usd) as prior_cost_usd,
        sum(cast(prior_quantity as decimal(31, 9)) * ratio) as calendar_quantity,
        sum(cast(prior_tokens as decimal(19, 0)) * ratio) as calendar_tokens,
        sum({{ money('prior_cost_usd') }} * ratio) as calendar_cost_usd
    from weighed
    group by month_start_date, is_passing, {{ keys | join(', ') }}

),

{# A bill that is the same as in the month before, to a thousandth, has no more days and no more units: its hours are not what it is paid for. #}
unchanged as (

    select
        *,
        unit is distinct from 'calls' and abs(cost_usd - prior_cost_usd) <= abs(prior_cost_usd) * 0.001 as is_unchanged
    from monthly

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

    select 'total' as scope, 'total' as scope_id, unchanged.* from unchanged
    {%- for scope, column in [('component', 'component'), ('provider', 'provider'), ('team', 'team_id')] %}
    union all
    select '{{ scope }}' as scope, {{ column }} as scope_id, unchanged.* from unchanged
    where {{ column }} is not null{{ ' and is_direct' if scope == 'team' }}
    {%- endfor %}
    {%- for scope, column in [
        ('business_unit', 'business_unit_id'), ('project', 'project_id'), ('user', 'user_id'), ('cost_centre', 'cost_centre'), ('organization', 'organization_id'),
        ('customer', 'customer_id'), ('product', 'product_id'), ('feature', 'feature_id'), ('service', 'service_name'), ('region', 'region')
    ] %}
    union all
    select '{{ scope }}' as scope, unchanged.{{ column }} as scope_id, unchanged.*
    from unchanged
    inner join budgeted_scopes on budgeted_scopes.scope = '{{ scope }}' and unchanged.{{ column }} = budgeted_scopes.scope_id
    {{ 'where unchanged.is_direct' if scope not in ('service', 'region') }}
    {%- endfor %}

),

final as (

    select
        month_start_date,
        scope,
        scope_id,
        {%- for item in items %}
        {{ item }},
        {%- endfor %}
        cast(sum(quantity) as decimal(38, 15)) as quantity,
        cast(sum(tokens) as bigint) as tokens,
        {{ money('sum(cost_usd)') }} as cost_usd,
        {{ money('sum(prior_cost_usd)') }} as prior_cost_usd,
        cast(sum(case when is_unchanged then quantity else calendar_quantity end) as decimal(38, 15)) as calendar_quantity,
        cast(sum(calendar_tokens) as decimal(38, 2)) as calendar_tokens,
        {{ money('sum(case when is_unchanged then prior_cost_usd else calendar_cost_usd end)') }} as calendar_cost_usd
    from scoped
    group by month_start_date, scope, scope_id, {{ items | join(', ') }}

)

select * from final
