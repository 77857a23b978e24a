{# one row per investment x scenario x method (an internal rate each, where there are several): its value, and what to make of it #}

with investments as (

    select * from {{ ref('int_investments') }}

),

flows as (

    select * from {{ ref('fct_investment_flows') }}

),

rates as (

    select * from {{ ref('int_investment_rates') }}

),

{# What it takes for the money to be back, if no later flow takes it away again. #}
crossings as (

    select
        investment_id,
        scenario,
        period,
        cumulative_cash_flow_usd >= 0 and lag(cumulative_cash_flow_usd) over along < 0 as is_crossed,
        period - {{ ratio('cumulative_cash_flow_usd', 'cash_flow_usd') }} as periods,
        cumulative_discounted_cash_flow_usd >= 0 and lag(cumulative_discounted_cash_flow_usd) over along < 0 as is_crossed_discounted,
        period - {{ ratio('cumulative_discounted_cash_flow_usd', 'discounted_cash_flow_usd') }} as periods_discounted,
        cash_flow_usd < 0 as is_paying
    from flows
    window along as (partition by investment_id, scenario order by period)

),

paybacks as (

    select
        investment_id,
        scenario,
        min(case when is_crossed then periods end) as payback_simple,
        min(case when is_crossed_discounted then periods_discounted end) as payback_discounted,
        max(case when is_paying then period end) as last_paying_period
    from crossings
    group by investment_id, scenario

),

totals as (

    select
        flows.investment_id,
        flows.scenario,
        max(flows.period) as last_period,
        {{ money('sum(flows.cost_usd)') }} as cost_usd,
        {{ money('sum(flows.benefit_usd)') }} as benefit_usd,
        {{ money('sum(flows.discounted_cash_flow_usd)') }} as npv_usd,
        max(case when flows.period = 1 then flows.cumulative_return_share end) as roi_period_1,
        min_by(
            case when flows.benefit_usd > 0 then flows.benefit_usd end, case when flows.benefit_usd > 0 then flows.period end
        ) as first_benefit_usd,
        count_if(flows.benefit_usd > 0) as benefit_periods,
        -{{ stable_sum('case when flows.cash_flow_usd < 0 then flows.cash_flow_usd / power(1 + investments.finance_rate, flows.period) else 0 end') }} as put_in,
        {{ stable_sum('case when flows.cash_flow_usd > 0 then flows.cash_flow_usd / power(1 + investments.reinvest_rate, flows.period) else 0 end') }} as taken_out,
        max(investments.reinvest_rate) as reinvest_rate
    from flows
    inner join investments on flows.investment_id = investments.investment_id
    group by flows.investment_id, flows.scenario

),

measured as (

    select
        totals.*,
        {{ ratio('totals.benefit_usd - totals.cost_usd', 'totals.cost_usd') }} as roi,
        {{ ratio('totals.benefit_usd', 'totals.first_benefit_usd * totals.benefit_periods') }} as benefit_growth,
        case
            when totals.put_in > 0 and totals.taken_out > 0 and totals.last_period > 0
                then power(totals.taken_out / totals.put_in, 1 / cast(totals.last_period as double)) * (1 + totals.reinvest_rate) - 1
        end as mirr,
        paybacks.payback_simple,
        paybacks.payback_discounted,
        paybacks.last_paying_period
    from totals
    inner join paybacks on totals.investment_id = paybacks.investment_id and totals.scenario = paybacks.scenario

),

by_method as (

    select investment_id, scenario, 'roi' as method, 1 as item, roi as value, 'share' as unit, case when roi is null then 'none' else 'known' end as status
    from measured
    union all
    select investment_id, scenario, 'roi_period_1' as method, 1 as item, roi_period_1 as value, 'share' as unit, case when roi_period_1 is null then 'none' else 'known' end as status
    from measured
    union all
    select investment_id, scenario, 'total_cost' as method, 1 as item, cast(cost_usd as double) as value, 'usd' as unit, 'known' as status
    from measured
    union all
    select investment_id, scenario, 'total_benefit' as method, 1 as item, cast(benefit_usd as double) as value, 'usd' as unit, 'known' as status
    from measured
    union all
    select investment_id, scenario, 'benefit_growth' as method, 1 as item, benefit_growth as value, 'ratio' as unit, case when benefit_growth is null then 'none' else 'known' end as status
    from measured
    union all
    select investment_id, scenario, 'npv' as method, 1 as item, cast(npv_usd as double) as value, 'usd' as unit, 'known' as status
    from measured
    union all
    select investment_id, scenario, 'mirr' as method, 1 as item, mirr as value, 'share' as unit, case when mirr is null then 'none' else 'known' end as status
    from measured
    union all
    select
        investment_id,
        scenario,
        'payback_simple' as method,
        1 as item,
        payback_simple as value,
        'periods' as unit,
        case when payback_simple is null then 'none' when last_paying_period > payback_simple then 'first crossing only' else 'known' end as status
    from measured
    union all
    select
        investment_id,
        scenario,
        'payback_discounted' as method,
        1 as item,
        payback_discounted as value,
        'periods' as unit,
        case when payback_discounted is null then 'none' when last_paying_period > payback_discounted then 'first crossing only' else 'known' end as status
    from measured
    union all
    select
        measured.investment_id,
        measured.scenario,
        'irr' as method,
        cast(coalesce(rates.rate_number, 1) as integer) as item,
        rates.internal_rate_share as value,
        'share' as unit,
        case when rates.rates is null then 'none' when rates.rates > 1 then 'several' else 'known' end as status
    from measured
    left join rates on measured.investment_id = rates.investment_id and measured.scenario = rates.scenario

),

rounded as (

    select
        investment_id,
        scenario,
        method,
        item,
        round(value, 9) as value,
        unit,
        status
    from by_method

)

select * from rounded
