{# one row per investment x measure: its percentiles over random draws of all drivers #}

with drivers as (

    select * from {{ ref('int_investment_drivers_summed') }}

),

numbers as (

    {{ whole_numbers(1, 10000) }}

),

{# Lines of one driver move together, drivers on their own. #}
drawn as (

    select
        drivers.investment_id,
        numbers.number as draw,
        drivers.present_value,
        drivers.net_amount,
        drivers.cost_amount,
        drivers.improved_value,
        drivers.steps_usd,
        drivers.low_ratio,
        drivers.high_ratio,
        {{ random_share_of("cast(" ~ assumption('investment_random_seed', 'bigint') ~ " as string) || ':' || drivers.investment_id || ':' || drivers.driver_id || ':' || cast(numbers.number as string)") }} as drawn_share
    from drivers
    cross join numbers
    where numbers.number <= {{ assumption('investment_draws', 'bigint') }}

),

ratios as (

    select
        investment_id,
        draw,
        present_value,
        net_amount,
        cost_amount,
        improved_value,
        steps_usd,
        {{ triangular_quantile('drawn_share', 'low_ratio', '1', 'high_ratio') }} as drawn_ratio
    from drawn

),

outcomes as (

    select
        investment_id,
        draw,
        {{ stable_sum('present_value * drawn_ratio') }} as npv,
        {{ stable_sum('improved_value * drawn_ratio - steps_usd') }} as npv_after_steps,
        {{ ratio(stable_sum('net_amount * drawn_ratio'), stable_sum('cost_amount * drawn_ratio')) }} as roi
    from ratios
    group by investment_id, draw

),

final as (

    select
        investment_id,
        count(*) as draws,
        {%- for measure in ['npv', 'npv_after_steps', 'roi'] %}
        {%- for percent in [5, 10, 50, 90, 95] %}
        {{ percentile(measure, percent / 100) }} as {{ measure }}_p{{ '%02d' % percent }},
        {%- endfor %}
        {%- endfor %}
        {{ stable_avg('npv') }} as npv_mean,
        {{ ratio('count_if(npv < 0)', 'count(*)') }} as loss_share,
        {{ ratio('count_if(npv_after_steps < 0)', 'count(*)') }} as loss_share_after_steps
    from outcomes
    group by investment_id

)

select * from final
