{# one row per month that is over, or quarter or year with a budget that ended with it, x scope x part of the differences, their sum and the differences themselves; a view over few rows #}

{{ config(materialized=view_or_table()) }}

with closed_months as (

    select * from {{ ref('rpt_month_close') }}
    where other_costs_usd is not null

),

parts as (
    {% for part in ['starting point', 'days', 'volume', 'mix', 'efficiency', 'price', 'new', 'lost', 'other costs'] %}
    {%- set column = part | replace(' ', '_') ~ '_usd' %}
    {%- set is_apart = part == 'starting point' %}
    select
        month_start_date,
        period,
        scope,
        scope_id,
        {{ loop.index }} as part_order,
        '{{ part }}' as part,
        case when budget_usd is not null then {{ 'budget_' if is_apart }}{{ column }} end as budget_part_usd,
        case when forecast_usd is not null then {{ 'forecast_' if is_apart }}{{ column }} end as forecast_part_usd,
        case when period = 'month' then {{ money(0) if is_apart else column }} end as prior_part_usd
    from closed_months
    union all
    {%- endfor %}
    select
        month_start_date,
        period,
        scope,
        scope_id,
        11 as part_order,
        'cost less plan' as part,
        budget_variance_usd as budget_part_usd,
        forecast_variance_usd as forecast_part_usd,
        prior_variance_usd as prior_part_usd
    from closed_months

),

stacked as (

    select month_start_date, period, scope, scope_id, part_order, part, budget_part_usd, forecast_part_usd, prior_part_usd from parts
    union all
    select
        month_start_date,
        period,
        scope,
        scope_id,
        10 as part_order,
        'sum of the parts' as part,
        sum(budget_part_usd) as budget_part_usd,
        sum(forecast_part_usd) as forecast_part_usd,
        sum(prior_part_usd) as prior_part_usd
    from parts
    where part_order < 10
    group by month_start_date, period, scope, scope_id

),

final as (

    select
        month_start_date,
        period,
        scope,
        scope_id,
        cast(part_order as integer) as part_order,
        part,
        {{ money('budget_part_usd') }} as budget_part_usd,
        {{ money('forecast_part_usd') }} as forecast_part_usd,
        {{ money('prior_part_usd') }} as prior_part_usd
    from stacked

)

select * from final
