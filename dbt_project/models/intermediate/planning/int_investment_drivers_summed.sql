{# one row per investment x driver of its plan: what it is worth, and how far it may turn out otherwise #}

with lines as (

    select * from {{ ref('int_investment_lines_spread') }}

),

investments as (

    select * from {{ ref('int_investments') }}

),

seed_drivers as (

    select * from {{ ref('investment_drivers') }}

),

drivers as (

    select
        seed_drivers.investment_id, seed_drivers.driver_id, seed_drivers.driver_name, seed_drivers.low_ratio, seed_drivers.high_ratio,
        seed_drivers.improvement_share, seed_drivers.improvement_cost_usd, seed_drivers.improvement_months, seed_drivers.first_step
    from seed_drivers
    inner join investments on seed_drivers.investment_id = investments.investment_id and investments.is_of_seed
    {%- for driver, name in [('cost', 'What it costs'), ('benefit', 'What it brings in')] %}
    union all
    select
        investment_id, '{{ driver }}' as driver_id, '{{ name }}' as driver_name, {{ driver }}_low_ratio as low_ratio, {{ driver }}_high_ratio as high_ratio,
        null as improvement_share, null as improvement_cost_usd, null as improvement_months, null as first_step
    from investments
    where not is_of_seed
    {%- endfor %}

),

summed as (

    select
        investment_id,
        driver_id,
        {{ stable_sum('amount_usd * direction * discount_factor') }} as present_value,
        cast(sum(amount_usd * direction) as double) as net_amount,
        cast(sum(case when kind = 'cost' then amount_usd else 0 end) as double) as cost_amount
    from lines
    where basis = 'planned'
    group by investment_id, driver_id

),

described as (

    select
        summed.investment_id,
        summed.driver_id,
        coalesce(drivers.driver_name, summed.driver_id) as driver_name,
        summed.present_value,
        summed.net_amount,
        summed.cost_amount,
        coalesce(drivers.low_ratio, 1) as low_ratio,
        coalesce(drivers.high_ratio, 1) as high_ratio,
        drivers.improvement_share * abs(summed.present_value) as improvement_value,
        cast(drivers.improvement_cost_usd as double) as improvement_cost_usd,
        drivers.improvement_months,
        drivers.first_step
    from summed
    left join drivers on summed.investment_id = drivers.investment_id and summed.driver_id = drivers.driver_id

),

stepped as (

    select
        *,
        present_value + case when improvement_value >= improvement_cost_usd then improvement_value else 0 end as improved_value,
        case when improvement_value >= improvement_cost_usd then improvement_cost_usd else 0 end as steps_usd
    from described

)

select * from stepped
