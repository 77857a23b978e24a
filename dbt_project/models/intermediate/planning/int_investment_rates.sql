{# one row per investment x scenario x internal rate of return: every rate per period at which the value is zero #}

with flows as (

    select * from {{ ref('fct_investment_flows') }}

),

{# u = ln(1 + rate), from -99.9994 % to some 160,000-fold. A little beside round figures, so that no point is a root itself. #}
grid as (

    {{ whole_numbers(-1200, 1200) }}

),

parts as (

    {{ whole_numbers(0, 100) }}

),

spans as (

    select
        investment_id,
        scenario,
        min(period) as first_period,
        max(period) as last_period,
        max(abs(cast(cash_flow_usd as double))) / 1e6 as scale
    from flows
    where cash_flow_usd <> 0
    group by investment_id, scenario
    having min(cash_flow_usd) < 0 and max(cash_flow_usd) > 0

),

{# In u the value is a sum of exponentials, and so is its slope. The largest flow is a million: a sum is rounded to 12 decimals. #}
terms as (

    select
        spans.investment_id,
        spans.scenario,
        flows.period - spans.first_period as age,
        spans.last_period - spans.first_period as last_age,
        cast(flows.cash_flow_usd as double) / spans.scale as value_weight,
        cast(flows.cash_flow_usd as double) / spans.scale * (spans.first_period - flows.period) as slope_weight
    from flows
    inner join spans on flows.investment_id = spans.investment_id and flows.scenario = spans.scenario
    where flows.cash_flow_usd <> 0

),

{# First where the value turns, then where it is zero: between two turns at most once, so a search between the points of the
   grid and the turns finds all, also two roots side by side. Each step looks at a hundredth of the width of the one before. #}
{%- for curve in ['slope', 'value'] %}

{{ curve }}_points_0 as (

    select
        spans.investment_id,
        spans.scenario,
        cast(0 as double) as bracket,
        (grid.number + cast(0.381966 as double)) / 100 as u,
        false as is_turn
    from spans
    cross join grid
    {%- if curve == 'value' %}
    union all
    select
        investment_id,
        scenario,
        cast(0 as double) as bracket,
        root as u,
        true as is_turn
    from slope_roots
    {%- endif %}

),
{%- for step in [0, 1, 2] %}

{# No term is above its weight: below zero all are divided by the largest power. That moves no root. #}
{{ curve }}_heights_{{ step }} as (

    select
        points.investment_id,
        points.scenario,
        points.bracket,
        points.u,
        points.is_turn,
        {{ stable_sum('terms.' ~ curve ~ '_weight * exp(-points.u * (terms.age - case when points.u < 0 then terms.last_age else 0 end))') }} as height
    from {{ curve }}_points_{{ step }} as points
    inner join terms on points.investment_id = terms.investment_id and points.scenario = terms.scenario
    group by points.investment_id, points.scenario, points.bracket, points.u, points.is_turn

),

{{ curve }}_neighbours_{{ step }} as (

    select
        *,
        lead(u) over along as next_u,
        lead(height) over along as next_height
    from {{ curve }}_heights_{{ step }}
    where not is_turn or abs(height) >= 1e-5
    window along as (partition by investment_id, scenario, bracket order by u)

),
{%- if step < 2 %}

{{ curve }}_points_{{ step + 1 }} as (

    select
        neighbours.investment_id,
        neighbours.scenario,
        neighbours.u as bracket,
        neighbours.u + (neighbours.next_u - neighbours.u) * parts.number / 100 as u,
        false as is_turn
    from {{ curve }}_neighbours_{{ step }} as neighbours
    cross join parts
    where neighbours.height * neighbours.next_height < 0

),
{%- endif %}
{%- endfor %}

{{ curve }}_roots as (

    select
        investment_id,
        scenario,
        u + (next_u - u) * height / (height - next_height) as root
    from {{ curve }}_neighbours_2
    where height * next_height < 0

),
{%- endfor %}

{# Where the value turns at zero it touches it and does not cross: a double root. #}
touched as (

    select
        investment_id,
        scenario,
        u as root
    from value_heights_0
    where is_turn and abs(height) < 1e-5

),

found as (

    select
        investment_id,
        scenario,
        root
    from value_roots
    union all
    select
        touched.investment_id,
        touched.scenario,
        touched.root
    from touched
    where not exists (
        select 1 from value_roots
        where
            value_roots.investment_id = touched.investment_id
            and value_roots.scenario = touched.scenario
            and abs(value_roots.root - touched.root) < 1e-4
    )

),

numbered as (

    select
        investment_id,
        scenario,
        round(exp(root) - 1, 9) as internal_rate_share,
        row_number() over (partition by investment_id, scenario order by root) as rate_number,
        count(*) over (partition by investment_id, scenario) as rates
    from found

)

select * from numbered
