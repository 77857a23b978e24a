{# one row per investment x scenario (`base` is the plan) x period #}

{# A jump of the price of AI makes dearer what is paid for it, and worth more what is no longer paid; what is paid at the start is paid at the price of today. #}
{% set price_of_ai = 'case when lines.is_ai_cost and lines.period > 0 then scenarios.ai_cost_ratio else 1 end' %}

with lines as (

    select * from {{ ref('int_investment_lines_spread') }}

),

investments as (

    select * from {{ ref('int_investments') }}

),

scenarios as (

    select * from {{ ref('int_investment_scenarios') }}

),

periods as (

    {{ whole_numbers(0, 600) }}

),

summed as (

    select
        lines.investment_id,
        scenarios.scenario,
        lines.period,
        sum(case
            when lines.kind = 'cost' then {{ money_times(
                'lines.amount_usd', 'case when lines.is_running and lines.period > 0 then scenarios.recurring_cost_ratio else 1 end * ' ~ price_of_ai
            ) }}
            else 0
        end) as cost_usd,
        sum(case
            when lines.kind = 'benefit' then {{ money_times('lines.amount_usd', 'scenarios.benefit_ratio * ' ~ price_of_ai) }} else 0
        end) as benefit_usd
    from lines
    inner join scenarios on lines.investment_id = scenarios.investment_id
    where lines.basis = 'planned'
    group by lines.investment_id, scenarios.scenario, lines.period

),

{# A period without a line is a period, too: money that comes later is worth less. #}
spans as (

    select
        investment_id,
        scenario,
        max(period) as last_period
    from summed
    group by investment_id, scenario

),

by_period as (

    select
        spans.investment_id,
        spans.scenario,
        periods.number as period,
        {{ money('coalesce(summed.cost_usd, 0)') }} as cost_usd,
        {{ money('coalesce(summed.benefit_usd, 0)') }} as benefit_usd
    from spans
    inner join periods on spans.last_period >= periods.number
    left join summed
        on
            spans.investment_id = summed.investment_id
            and spans.scenario = summed.scenario
            and periods.number = summed.period

),

discounted as (

    select
        by_period.*,
        investments.investment_name || case when investments.is_illustrative then ' (example)' else '' end as investment_label,
        {{ money('by_period.benefit_usd - by_period.cost_usd') }} as cash_flow_usd,
        {{ money_times('by_period.benefit_usd - by_period.cost_usd', '1 / power(1 + investments.discount_rate, by_period.period)') }} as discounted_cash_flow_usd
    from by_period
    inner join investments on by_period.investment_id = investments.investment_id

),

final as (

    select
        investment_id,
        investment_label,
        scenario,
        period,
        cost_usd,
        benefit_usd,
        cash_flow_usd,
        discounted_cash_flow_usd,
        {{ money('sum(cost_usd) over so_far') }} as cumulative_cost_usd,
        {{ money('sum(benefit_usd) over so_far') }} as cumulative_benefit_usd,
        {{ money('sum(cash_flow_usd) over so_far') }} as cumulative_cash_flow_usd,
        {{ money('sum(discounted_cash_flow_usd) over so_far') }} as cumulative_discounted_cash_flow_usd,
        {{ ratio('sum(cash_flow_usd) over so_far', 'sum(cost_usd) over so_far') }} as cumulative_return_share
    from discounted
    window so_far as (partition by investment_id, scenario order by period rows between unbounded preceding and current row)

)

select * from final
