{# one row per investment x line x period of the line: what it costs or brings in that period, and what a dollar of it is worth today #}

with investments as (

    select * from {{ ref('investments') }}
    {{ own_or_else_examples() }}

),

lines as (

    select * from {{ ref('investment_lines') }}

),

periods as (

    {{ whole_numbers(0, 600) }}

),

spread as (

    select
        lines.investment_id,
        lines.line_id,
        lines.driver_id,
        lines.basis,
        lines.kind,
        lines.is_ai_cost,
        lines.first_period < lines.last_period as is_running,
        periods.number as period,
        {{ money_times('lines.amount_usd', 'power(1 + lines.growth_share, periods.number - lines.first_period)') }} as amount_usd,
        case when lines.kind = 'benefit' then 1 else -1 end as direction,
        1 / power(1 + investments.discount_rate, periods.number) as discount_factor
    from lines
    inner join investments on lines.investment_id = investments.investment_id
    inner join periods on periods.number between lines.first_period and lines.last_period

)

select * from spread
