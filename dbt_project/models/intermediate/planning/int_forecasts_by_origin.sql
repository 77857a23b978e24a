{# one row per scope x forecast origin x method x day of the 30 after the origin: what the method says, and what came if it came #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# What was known at each origin: the 56 days up to it, and nothing later. Of the last 120 days each serves as an origin, every seventh, or the as-of date alone: enough to judge a method, and
   the same work for any history. #}
histories as (

    select
        costs.scope, costs.scope_id, dates.date_day as origin_date,
        costs.usage_date,
        costs.iso_weekday,
        {{ days_between('costs.usage_date', 'dates.date_day') }} as age_days,
        costs.one_day_cost_usd,
        cast(costs.spread_even_cost_usd as double) as spread_even_cost_usd,
        cast(costs.even_cost_usd as double) as cost_usd
    from as_of
    inner join dates on dates.date_day between as_of.as_of_date - 119 and as_of.as_of_date
    inner join costs
        on
            costs.cost_usd is not null and costs.usage_date between dates.date_day - 55 and dates.date_day
            and {{ days_between('dates.date_day', 'as_of.as_of_date') }} % costs.days_between_origins = 0

),

{# The median of four weeks: one bad Tuesday does not make all Tuesdays dear. #}
weekdays as (

    select
        scope, scope_id, origin_date,
        iso_weekday,
        count(*) as weekday_days,
        {{ percentile('cost_usd', 0.5) }} as typical_cost_usd,
        {{ stable_avg('cost_usd') }} as mean_cost_usd,
        {{ stable_avg('spread_even_cost_usd') }} as spread_even_cost_usd,
        max_by(cost_usd, usage_date) as last_cost_usd
    from histories
    where age_days < 28
    group by scope, scope_id, origin_date, iso_weekday

),

{# Two weeks of data are the least from which a weekday can be told from chance. #}
factors as (

    select
        *,
        {{ ratio('typical_cost_usd * count(*) over scope_weekdays', 'sum(' ~ decimal_of_double('typical_cost_usd', 'decimal(38, 12)') ~ ') over scope_weekdays') }}
            as weekday_factor
    from weekdays
    window scope_weekdays as (partition by scope, scope_id, origin_date)
    qualify sum(weekday_days) over scope_weekdays >= 14

),

levelled as (

    select
        histories.scope, histories.scope_id, histories.origin_date,
        histories.age_days,
        {{ ratio('histories.cost_usd', 'factors.weekday_factor') }} as levelled_cost_usd
    from histories
    inner join factors
        on
            histories.scope = factors.scope and histories.scope_id = factors.scope_id
            and histories.origin_date = factors.origin_date and histories.iso_weekday = factors.iso_weekday

),

{# Theta: a level in which each day weighs a tenth, or three tenths, less than the one after it, and half of the straight line's slope. #}
centres as (

    select
        scope, scope_id, origin_date,
        max(age_days) + 1 as history_days,
        {{ percentile('case when age_days < 14 then levelled_cost_usd end', 0.5) }} as centre_usd,
        {{ percentile('case when age_days < 28 then levelled_cost_usd end', 0.5) }} as later_centre_usd,
        {{ percentile('case when age_days >= 28 then levelled_cost_usd end', 0.5) }} as earlier_centre_usd,
        {{ ratio(stable_sum('levelled_cost_usd * power(0.9, age_days)'), stable_sum('power(0.9, age_days)')) }} as slow_level_usd,
        {{ ratio(stable_sum('levelled_cost_usd * power(0.7, age_days)'), stable_sum('power(0.7, age_days)')) }} as fast_level_usd,
        coalesce(regr_slope(levelled_cost_usd, -age_days), 0) / 2 as half_slope_usd
    from levelled
    group by scope, scope_id, origin_date

),

{# A day counts for at most half more, and at least half, of the usual one: the level follows the business, not a spike. #}
levels as (

    select
        centres.scope, centres.scope_id, centres.origin_date,
        {{ stable_avg('least(greatest(levelled.levelled_cost_usd, centres.centre_usd * 0.5), centres.centre_usd * 1.5)') }} as level_usd,
        max(case
            when centres.history_days = 56 and centres.later_centre_usd > 0 and centres.earlier_centre_usd > 0
                then ln(centres.later_centre_usd / centres.earlier_centre_usd) / 28
            else 0
        end) as daily_growth,
        max(centres.slow_level_usd) as slow_level_usd,
        max(centres.fast_level_usd) as fast_level_usd,
        max(centres.half_slope_usd) as half_slope_usd
    from centres
    inner join levelled
        on
            centres.scope = levelled.scope and centres.scope_id = levelled.scope_id
            and centres.origin_date = levelled.origin_date and levelled.age_days < 14
    group by centres.scope, centres.scope_id, centres.origin_date

),

one_day_bills as (

    select
        scope, scope_id, origin_date,
        extract(day from usage_date) as day_of_month,
        cast(max_by(one_day_cost_usd, usage_date) as double) as one_day_cost_usd
    from histories
    where one_day_cost_usd <> 0
    group by scope, scope_id, origin_date, extract(day from usage_date)

),

{# What the weekday costs against an average day, the level of the last two weeks and the growth, of which each day ahead carries 95 % of that of the day
   before it: a trend is trusted for weeks, not for ever. And what bills of a fixed amount a month cost on that day beyond an even one. #}
projected as (

    select
        factors.*,
        levels.level_usd,
        levels.daily_growth,
        levels.slow_level_usd,
        levels.fast_level_usd,
        levels.half_slope_usd,
        dates.date_day as forecast_date,
        {{ days_between('factors.origin_date', 'dates.date_day') }} as horizon_days,
        0.95 * (1 - power(0.95, {{ days_between('factors.origin_date', 'dates.date_day') }})) / (1 - 0.95) as trusted_days,
        {{ calendar_effect('factors.spread_even_cost_usd', 'one_day_bills.one_day_cost_usd', 'dates.days_in_month') }} as calendar_usd
    from factors
    inner join levels
        on factors.scope = levels.scope and factors.scope_id = levels.scope_id and factors.origin_date = levels.origin_date
    inner join dates on factors.iso_weekday = dates.iso_weekday and dates.date_day between factors.origin_date + 1 and factors.origin_date + 30
    left join one_day_bills
        on
            factors.scope = one_day_bills.scope and factors.scope_id = one_day_bills.scope_id
            and factors.origin_date = one_day_bills.origin_date and dates.day_of_month = one_day_bills.day_of_month

),

single_methods as (
    {% for method, forecast in [
        ('seasonal_naive', 'last_cost_usd'),
        ('median_of_four', 'typical_cost_usd'),
        ('mean_of_four', 'mean_cost_usd'),
        ('weekday_profile', 'coalesce(level_usd * weekday_factor, 0)'),
        ('weekday_profile_trend', 'coalesce(level_usd * weekday_factor, 0) * exp(daily_growth * trusted_days)'),
        ('theta_slow', 'coalesce(greatest(slow_level_usd + half_slope_usd * trusted_days, 0) * weekday_factor, 0)'),
        ('theta_fast', 'coalesce(greatest(fast_level_usd + half_slope_usd * trusted_days, 0) * weekday_factor, 0)')
    ] %}
    select
        scope, scope_id, origin_date, forecast_date, horizon_days, '{{ method }}' as forecast_method,
        {{ forecast }} + calendar_usd as forecast_usd
    from projected
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

{# Their middle: what one of them gets badly wrong moves it little. #}
by_method as (

    select scope, scope_id, origin_date, forecast_date, horizon_days, forecast_method, forecast_usd
    from single_methods
    union all
    select scope, scope_id, origin_date, forecast_date, horizon_days, 'combined' as forecast_method, {{ percentile('forecast_usd', 0.5) }} as forecast_usd
    from single_methods
    group by all

),

{# An estimate: digits past the sixth decimal are noise of the arithmetic, which differs between runs. #}
compared as (

    select
        by_method.scope, by_method.scope_id, by_method.origin_date, by_method.forecast_date,
        by_method.horizon_days,
        cast(least(ceil(by_method.horizon_days / cast(7 as double)), 4) as integer) as horizon_week,
        by_method.forecast_method,
        cast({{ decimal_of_double('by_method.forecast_usd', 'decimal(28, 6)') }} as double) as forecast_usd,
        cast(costs.cost_usd as double) as actual_usd
    from by_method
    left join costs on by_method.scope = costs.scope and by_method.scope_id = costs.scope_id and by_method.forecast_date = costs.usage_date

)

select * from compared
