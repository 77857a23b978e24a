{# What is left after the last way is the effective cost of the sources, and what is there before negotiated rates their list cost. #}

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

    select list_cost_usd, effective_cost_usd from usage_daily
    union all
    select case when charge_category = 'Usage' and effective_cost_usd is not null then list_cost_usd end as list_cost_usd, effective_cost_usd from bills
    union all
    select {{ money('null') }} as list_cost_usd, effective_cost_usd from capacities

),

expected as (

    select
        coalesce(sum(list_cost_usd), 0) as list_cost_usd,
        coalesce(sum(effective_cost_usd), 0) as effective_cost_usd
    from costs

),

found as (

    select
        coalesce(sum(cost_before_usd) filter (where kind = 'negotiated_rates'), 0) as list_cost_usd,
        coalesce(sum(cost_after_usd + unknown_cost_usd) filter (where kind = 'charged_otherwise'), 0) as effective_cost_usd
    from realized

)

select
    expected.list_cost_usd,
    found.list_cost_usd as found_list_cost_usd,
    expected.effective_cost_usd,
    found.effective_cost_usd as found_effective_cost_usd
from expected
cross join found
where expected.list_cost_usd <> found.list_cost_usd or expected.effective_cost_usd <> found.effective_cost_usd
