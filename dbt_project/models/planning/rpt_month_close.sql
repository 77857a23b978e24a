{# one row per month that is over x scope (total, component, team; what else has a budget), and per quarter or year with a budget that ended with that
   month: budget, forecast, the month before and cost, and what the differences are made of #}

{% set call_parts = ['days', 'price', 'volume', 'mix', 'efficiency', 'new', 'lost'] %}

with costs as (

    select * from {{ ref('int_month_costs') }}

),

budgets_in_force as (

    select * from {{ ref('int_budgets') }}

),

forecast_record as (

    select * from {{ ref('rpt_forecast_record') }}

),

forecasts as (

    select * from {{ ref('int_forecasts_by_origin') }}

),

methods as (

    select * from {{ ref('int_forecast_methods') }}

),

variances as (

    select * from {{ ref('rpt_cost_variances') }}
    where basis = 'prior period'

),

owners as (

    select * from {{ ref('dim_owners') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

owned as (

    {{ scope_owners() }}

),

{# What was written down on the eve of a month or on its first day, before any day of it was over. It is of 30 days. #}
recorded as (

    select
        first_forecast_date as month_start_date,
        scope,
        scope_id,
        recorded_at,
        cast(forecast_usd as double) / 30 as daily_forecast
    from forecast_record
    where extract(day from first_forecast_date) = 1 and cast(recorded_at as date) <= first_forecast_date

),

backtested as (

    {{ forecast_months() }}

),

{# Shared costs are not forecast: they are expected at the rate of the month before. A month of which days are missing has no forecast. #}
planned as (

    select
        costs.*,
        {{ split_exactly('cast(budgets.budget_usd as decimal(28, 12))', 'costs.covered_days', '0', 'costs.days_in_month') }} as budget_usd,
        budgets.stated_by as budget_stated_by,
        budgets.approver_role,
        {{ money_of_double("case when costs.covered_days = costs.days_in_month
            then coalesce(recorded.daily_forecast, backtested.forecast / backtested.days) * costs.days_in_month
                + coalesce(" ~ ratio('costs.prior_shared_usd', 'costs.prior_days') ~ " * costs.days_in_month, case when costs.shared_usd = 0 then 0 end)
        end") }} as forecast_usd,
        case when recorded.daily_forecast is not null then 'recorded' else 'backtest' end as forecast_basis,
        recorded.recorded_at as forecast_recorded_at
    from costs
    left join budgets_in_force as budgets
        on
            costs.scope = budgets.scope
            and costs.scope_id = budgets.scope_id
            and costs.period_start_date = budgets.period_start_date
            and costs.period = budgets.period
    {%- for forecast in ['recorded', 'backtested'] %}
    left join {{ forecast }}
        on
            costs.scope = {{ forecast }}.scope
            and costs.scope_id = {{ forecast }}.scope_id
            and case when costs.period = 'month' then costs.month_start_date end = {{ forecast }}.month_start_date
    {%- endfor %}

),

compared as (

    select
        *,
        {%- for basis in ['budget', 'forecast'] %}
        {{ money('actual_usd - ' ~ basis ~ '_usd') }} as {{ basis }}_variance_usd,
        {{ ratio('actual_usd - ' ~ basis ~ '_usd', basis ~ '_usd') }} as {{ basis }}_variance_share,
        {{ money('prior_actual_usd - ' ~ basis ~ '_usd') }} as {{ basis }}_starting_point_usd,
        {%- endfor %}
        case when period = 'month' then {{ money('actual_usd - prior_actual_usd') }} end as prior_variance_usd,
        case when period = 'month' then {{ ratio('actual_usd - prior_actual_usd - days_usd', 'prior_actual_usd + days_usd') }} end as prior_daily_variance_share,
        {{ money('actual_usd - prior_actual_usd - days_usd - price_usd - volume_usd - mix_usd - efficiency_usd - new_usd - lost_usd') }} as other_costs_usd
    from planned

),

{# The largest cause is the part that does most of the difference, so it has its sign; without a budget that to the forecast, without both that to the month before. #}
judged as (

    select
        *,
        coalesce(budget_variance_usd, forecast_variance_usd, {{ money('actual_usd - prior_actual_usd') }}) as judged_usd,
        coalesce(budget_starting_point_usd, forecast_starting_point_usd, {{ money(0) }}) as starting_point_usd
    from compared

),

{% set turned = "case when judged_usd < 0 then -{0} else {0} end" %}
{% set parts = ['starting_point'] + call_parts + ['other_costs'] %}
weighed as (

    select
        *,
        case when other_costs_usd is not null and judged_usd <> 0 then greatest(
            {%- for part in parts %}{{ turned.format(part ~ '_usd') }}{{ ', ' if not loop.last }}{% endfor -%}
        ) end as largest_usd
    from judged

),

named as (

    select
        *,
        case largest_usd
            {%- for part in parts %}
            when {{ turned.format(part ~ '_usd') }} then '{{ part | replace('_', ' ') }}'
            {%- endfor %}
        end as largest_part
    from weighed

),

final as (

    select
        named.month_start_date,
        named.month_start_date = max(named.month_start_date) over () as is_latest,
        named.period,
        named.period_start_date,
        named.scope,
        named.scope_id,
        coalesce(owned.scope_name, named.scope_id) as scope_name,
        owned.owner_name,
        {%- for column in [
            'covered_days', 'days_in_month', 'actual_usd', 'shared_usd', 'prior_actual_usd', 'prior_variance_usd', 'prior_daily_variance_share',
            'budget_usd', 'budget_stated_by', 'approver_role', 'budget_variance_usd', 'budget_variance_share',
            'forecast_usd', 'forecast_recorded_at', 'forecast_variance_usd', 'forecast_variance_share',
        ] %}
        named.{{ column }},
        {%- endfor %}
        {{ variance_severity('named.budget_variance_share', 'named.budget_variance_usd') }} as budget_severity,
        case when named.forecast_usd is not null then named.forecast_basis else 'none' end as forecast_basis,
        {{ variance_severity('named.forecast_variance_share', 'named.forecast_variance_usd') }} as forecast_severity,
        case when named.prior_daily_variance_share is not null then {{ variance_severity('named.prior_daily_variance_share', 'named.prior_variance_usd') }} end as prior_severity,
        named.budget_starting_point_usd,
        named.forecast_starting_point_usd
        {%- for part in call_parts + ['other_costs'] %},
        named.{{ part }}_usd
        {%- endfor %},
        named.largest_part,
        {{ money('case when named.judged_usd < 0 then -named.largest_usd else named.largest_usd end') }} as largest_part_usd,
        {%- for cause in ['team_name', 'customer_id', 'customer_name', 'feature_id', 'model', 'service_name', 'resource_id', 'meter', 'unit'] %}
        variances.main_{{ cause }} as cause_{{ cause }},{% endfor %}
        variances.main_variance_usd as cause_usd
    from named
    left join owned on named.scope = owned.scope and named.scope_id = owned.scope_id
    left join variances
        on
            case when named.period = 'month' then named.month_start_date end = variances.month_start_date
            and named.scope = variances.scope
            and named.scope_id = variances.scope_id
            and named.largest_part = variances.part

)

select * from final
