{# one row per investment x line x period of the line: what it costs or brings in that period, and what a dollar of it is worth today #}

with investments as (

    select * from {{ ref('int_investments') }}

),

seed_lines as (

    select * from {{ ref('investment_lines') }}

),

periods as (

    {{ whole_numbers(0, 600) }}

),

{# What is entered on a page is three lines: costs move together, and the benefit by itself. #}
lines as (

    select
        seed_lines.investment_id, seed_lines.line_id, seed_lines.driver_id, seed_lines.basis, seed_lines.kind, seed_lines.is_ai_cost, seed_lines.amount_usd,
        seed_lines.first_period, seed_lines.last_period, seed_lines.growth_share
    from seed_lines
    inner join investments on seed_lines.investment_id = investments.investment_id and investments.is_of_seed
    {%- for line, driver, first, last, growth in [
        ('once_cost', 'cost', '0', '0', 'cast(0 as double)'), ('running_cost', 'cost', '1', 'last_period', 'cast(0 as double)'),
        ('benefit', 'benefit', '1', 'last_period', 'growth_share')
    ] %}
    union all
    select
        investment_id, '{{ line }}' as line_id, '{{ driver }}' as driver_id, 'planned' as basis, '{{ driver }}' as kind, false as is_ai_cost,
        {{ line }}_usd as amount_usd, {{ first }} as first_period, {{ last }} as last_period, {{ growth }} as growth_share
    from investments
    where not is_of_seed and {{ line }}_usd > 0
    {%- endfor %}

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
