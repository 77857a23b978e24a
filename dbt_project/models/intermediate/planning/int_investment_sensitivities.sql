{# one row per investment x kind of figure (risk, tornado, driver) x method x item: how sure its value is, and what moves it #}

with measures as (

    select * from {{ ref('int_investment_measures') }}

),

drivers as (

    select * from {{ ref('int_investment_drivers_summed') }}

),

risks as (

    select * from {{ ref('int_investment_risks') }}

),

percentiles as (
    {% for method in [
        'npv_p05', 'npv_p10', 'npv_p50', 'npv_p90', 'npv_p95', 'npv_mean', 'roi_p05', 'roi_p10', 'roi_p50', 'roi_p90', 'roi_p95', 'loss_share'
    ] %}
    select
        investment_id,
        '{{ method }}' as method,
        {{ method }} as value,
        draws
    from risks
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

{# What the whole is worth when one driver is at its least or its most, and all others come as planned. #}
swings as (

    select
        drivers.investment_id,
        drivers.driver_id,
        drivers.driver_name,
        round(base.value + (drivers.low_ratio - 1) * drivers.present_value, 9) as low_value,
        round(base.value + (drivers.high_ratio - 1) * drivers.present_value, 9) as high_value,
        base.value as base_value,
        drivers.improvement_share * abs(drivers.present_value) as improvement_value,
        drivers.improvement_cost_usd,
        drivers.improvement_months,
        drivers.first_step
    from drivers
    inner join measures as base
        on drivers.investment_id = base.investment_id and base.scenario = 'base' and base.method = 'npv'

),

stacked as (

    select
        investment_id,
        'risk' as kind,
        method,
        '1' as item,
        value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        cast(null as double) as compared_value,
        case when method like 'npv%' then 'usd' else 'share' end as unit,
        'known' as status,
        'Of ' || cast(draws as string) || ' random draws of all drivers.' as note
    from percentiles
    union all
    select
        investment_id,
        'tornado' as kind,
        'npv' as method,
        driver_id as item,
        base_value as value,
        low_value,
        high_value,
        cast(null as double) as compared_value,
        'usd' as unit,
        'known' as status,
        driver_name as note
    from swings
    union all
    select
        investment_id,
        'driver' as kind,
        case when improvement_months <= {{ assumption('investment_quick_win_months') }} then 'quick_win' else 'initiative' end as method,
        driver_id as item,
        improvement_value as value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        cast(improvement_cost_usd as double) as compared_value,
        'usd' as unit,
        case when improvement_value >= improvement_cost_usd then 'worth it' else 'costs more than it brings' end as status,
        driver_name || ': ' || coalesce(first_step, 'no first step is named') || '.' as note
    from swings
    where improvement_value is not null

)

select * from stacked
