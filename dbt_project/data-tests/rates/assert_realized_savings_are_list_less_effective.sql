{# In each month the ways sum to list less effective cost, one after the other, what is left after the last way is the effective cost of the
   sources, and what is there before negotiated rates is their list cost: to the last decimal. #}

with realized as (

    select * from {{ ref('rpt_savings_realized_monthly') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and not is_overlap

),

capacities as (

    select * from {{ ref('int_charges__provisioned') }}
    where is_counted

),

costs as (

    select cast(date_trunc('month', usage_date) as date) as month_start_date, list_cost_usd, effective_cost_usd
    from usage_daily
    union all
    select
        cast(date_trunc('month', cast(charge_period_start_at as date)) as date) as month_start_date,
        case when charge_category = 'Usage' and effective_cost_usd is not null then list_cost_usd end as list_cost_usd,
        effective_cost_usd
    from bills
    union all
    select cast(date_trunc('month', charge_date) as date) as month_start_date, {{ money('null') }} as list_cost_usd, effective_cost_usd
    from capacities

),

expected as (

    select
        month_start_date,
        coalesce(sum(list_cost_usd), 0) as list_cost_usd,
        coalesce(sum(effective_cost_usd), 0) as effective_cost_usd
    from costs
    group by month_start_date

),

steps as (

    select
        *,
        lag(cost_after_usd) over (partition by month_start_date order by step_order) as left_before_usd
    from realized

),

found as (

    select
        month_start_date,
        coalesce(sum(cost_before_usd) filter (where kind = 'negotiated_rates'), 0) as list_cost_usd,
        coalesce(sum(cost_after_usd + unknown_cost_usd) filter (where kind = 'charged_otherwise'), 0) as effective_cost_usd,
        sum(savings_usd) - max(list_cost_usd - effective_cost_usd) as parts_missing_usd,
        sum(abs(coalesce(left_before_usd, list_cost_usd) - cost_before_usd) + abs(cost_before_usd - savings_usd - cost_after_usd)) as gaps_usd
    from steps
    group by month_start_date

)

select
    coalesce(expected.month_start_date, found.month_start_date) as month_start_date,
    expected.list_cost_usd,
    found.list_cost_usd as found_list_cost_usd,
    expected.effective_cost_usd,
    found.effective_cost_usd as found_effective_cost_usd,
    found.parts_missing_usd,
    found.gaps_usd
from expected
full outer join found on expected.month_start_date = found.month_start_date
where
    coalesce(expected.list_cost_usd, 0) <> coalesce(found.list_cost_usd, 0)
    or coalesce(expected.effective_cost_usd, 0) <> coalesce(found.effective_cost_usd, 0)
    or found.parts_missing_usd <> 0
    or found.gaps_usd <> 0
