{# one row per scope x forecast origin (a day from which the days after it are forecast) x day of the 56 up to the origin #}

with costs as (

    select * from {{ ref('int_costs_by_scope_daily') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The last 120 days serve as origins, the as-of date among them: enough to judge a method, and the same work for any history. #}
histories as (

    select
        costs.scope,
        costs.scope_id,
        dates.date_day as origin_date,
        costs.usage_date,
        costs.iso_weekday,
        {{ days_between('costs.usage_date', 'dates.date_day') }} as age_days,
        cast(costs.cost_usd as double) as cost_usd
    from as_of
    inner join dates on dates.date_day between as_of.as_of_date - 119 and as_of.as_of_date
    inner join costs on costs.usage_date between dates.date_day - 55 and dates.date_day

)

select * from histories
