{# one row per scope x forecast origin x weekday: what the weekday costs against an average day, the level of the last two weeks
   and the growth, all from the 56 days up to the origin and nothing later #}

with histories as (

    select * from {{ ref('int_forecast_histories') }}

),

{# The median of four weeks: one bad Tuesday does not make all Tuesdays dear. #}
weekdays as (

    select
        scope,
        scope_id,
        origin_date,
        iso_weekday,
        count(*) as weekday_days,
        percentile_cont(0.5) within group (order by cost_usd) as typical_cost_usd,
        max_by(cost_usd, usage_date) as last_cost_usd
    from histories
    where age_days < 28
    group by scope, scope_id, origin_date, iso_weekday

),

{# Two weeks of data are the least from which a weekday can be told from chance. #}
factors as (

    select
        *,
        {{ ratio('typical_cost_usd * count(*) over scope_weekdays', 'sum(cast(typical_cost_usd as decimal(38, 12))) over scope_weekdays') }} as weekday_factor
    from weekdays
    window scope_weekdays as (partition by scope, scope_id, origin_date)
    qualify sum(weekday_days) over scope_weekdays >= 14

),

levelled as (

    select
        histories.scope,
        histories.scope_id,
        histories.origin_date,
        histories.age_days,
        {{ ratio('histories.cost_usd', 'factors.weekday_factor') }} as levelled_cost_usd
    from histories
    inner join factors
        on
            histories.scope = factors.scope
            and histories.scope_id = factors.scope_id
            and histories.origin_date = factors.origin_date
            and histories.iso_weekday = factors.iso_weekday

),

centres as (

    select
        scope,
        scope_id,
        origin_date,
        max(age_days) + 1 as history_days,
        percentile_cont(0.5) within group (order by case when age_days < 14 then levelled_cost_usd end) as centre_usd,
        percentile_cont(0.5) within group (order by case when age_days < 28 then levelled_cost_usd end) as later_centre_usd,
        percentile_cont(0.5) within group (order by case when age_days >= 28 then levelled_cost_usd end) as earlier_centre_usd
    from levelled
    group by scope, scope_id, origin_date

),

{# A day counts for at most half more, and at least half, of the usual one: the level follows the business, not a spike. #}
levels as (

    select
        centres.scope,
        centres.scope_id,
        centres.origin_date,
        max(centres.history_days) as history_days,
        {{ stable_avg('least(greatest(levelled.levelled_cost_usd, centres.centre_usd * 0.5), centres.centre_usd * 1.5)') }} as level_usd,
        max(case
            when centres.history_days = 56 and centres.later_centre_usd > 0 and centres.earlier_centre_usd > 0
                then ln(centres.later_centre_usd / centres.earlier_centre_usd) / 28
            else 0
        end) as daily_growth
    from centres
    inner join levelled
        on
            centres.scope = levelled.scope
            and centres.scope_id = levelled.scope_id
            and centres.origin_date = levelled.origin_date
            and levelled.age_days < 14
    group by centres.scope, centres.scope_id, centres.origin_date

),

profiles as (

    select
        factors.scope,
        factors.scope_id,
        factors.origin_date,
        factors.iso_weekday,
        factors.weekday_factor,
        factors.last_cost_usd,
        levels.level_usd,
        levels.daily_growth,
        levels.history_days
    from factors
    inner join levels
        on factors.scope = levels.scope and factors.scope_id = levels.scope_id and factors.origin_date = levels.origin_date

)

select * from profiles
