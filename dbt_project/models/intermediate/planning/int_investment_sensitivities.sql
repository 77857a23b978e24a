{# one row per investment x kind of figure (risk, tornado, driver, break_even, verdict) x scenario (its plan, or after every step that pays) x method x item #}

with drivers as (

    select * from {{ ref('int_investment_drivers_summed') }}

),

risks as (

    select * from {{ ref('int_investment_risks') }}

),

verdicts as (

    select * from {{ ref('int_investment_verdicts') }}

),

percentiles as (
    {% for scenario, suffix, methods in [
        ('base', '', ['npv_p05', 'npv_p10', 'npv_p50', 'npv_p90', 'npv_p95', 'npv_mean', 'roi_p05', 'roi_p10', 'roi_p50', 'roi_p90', 'roi_p95', 'loss_share']),
        ('after_steps', '_after_steps', ['npv_p05', 'npv_p10', 'npv_p50', 'npv_p90', 'npv_p95', 'loss_share'])
    ] %}
    {%- set last_scenario = loop.last %}
    {%- for method in methods %}
    select
        investment_id,
        '{{ scenario }}' as scenario,
        '{{ method }}' as method,
        {{ method.replace('npv', 'npv' ~ suffix) if 'npv' in method else method ~ suffix }} as value,
        draws
    from risks
    {{ 'union all' if not (loop.last and last_scenario) }}
    {%- endfor %}
    {%- endfor %}

),

{# What the whole is worth when one driver is at its least or its most, and all others come as planned; and at which share of its plan it is worth nothing. #}
swings as (

    select
        drivers.investment_id,
        drivers.driver_id,
        drivers.driver_name,
        round(verdicts.base_value + (drivers.low_ratio - 1) * drivers.present_value, 9) as low_value,
        round(verdicts.base_value + (drivers.high_ratio - 1) * drivers.present_value, 9) as high_value,
        verdicts.base_value,
        1 - {{ ratio('verdicts.base_value', 'drivers.present_value') }} as needed_share,
        1 - {{ ratio('verdicts.improved_base_value', 'drivers.improved_value') }} as needed_share_after_steps,
        drivers.improvement_value,
        drivers.improvement_cost_usd,
        drivers.improvement_months,
        drivers.first_step,
        verdicts.verdict
    from drivers
    inner join verdicts on drivers.investment_id = verdicts.investment_id

),

stacked as (

    select
        investment_id,
        'risk' as kind,
        scenario,
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
        'base' as scenario,
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
    {%- for scenario, needed_share in [('base', 'needed_share'), ('after_steps', 'needed_share_after_steps')] %}
    union all
    select
        investment_id,
        'break_even' as kind,
        '{{ scenario }}' as scenario,
        'share' as method,
        driver_id as item,
        {{ needed_share }} as value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        cast(null as double) as compared_value,
        'share' as unit,
        case when low_value <= high_value then 'at least' else 'at most' end as status,
        driver_name as note
    from swings
    where {{ needed_share }} >= 0
    {%- endfor %}
    union all
    select
        investment_id,
        'driver' as kind,
        'base' as scenario,
        case when improvement_months <= {{ assumption('investment_quick_win_months') }} then 'quick_win' else 'initiative' end as method,
        driver_id as item,
        improvement_value as value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        improvement_cost_usd as compared_value,
        'usd' as unit,
        case
            when improvement_value < improvement_cost_usd then 'costs more than it brings'
            when verdict = 'do not sign' then 'too little: the plan may still lose'
            else 'worth it'
        end as status,
        driver_name || ': ' || coalesce(first_step, 'no first step is named') || '.' as note
    from swings
    where improvement_value is not null
    union all
    select
        investment_id,
        'verdict' as kind,
        'base' as scenario,
        'loss_share' as method,
        '1' as item,
        loss_share as value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        loss_share_after_steps as compared_value,
        'share' as unit,
        verdict as status,
        cast(null as string) as note
    from verdicts

)

select * from stacked
