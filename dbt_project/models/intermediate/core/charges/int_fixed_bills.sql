{# one row per kind of line of the bills (provider, service, resource, description), or shared pool, that comes to the same amount in every month, and whether it is spread over the
   days of the month or falls on one of them #}

with bill_charges as (

    select * from {{ ref('int_charges__focus') }}

),

pool_charges as (

    select * from {{ ref('int_charges__pools') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

charges as (

    select {{ bill_key('bill_charges') }} as bill_key, bill_charges.charge_date, bill_charges.effective_cost_usd
    from bill_charges
    where bill_charges.is_counted
    union all
    select {{ bill_key('pool_charges', ['provider_name', none, none, 'charge_description']) }} as bill_key, pool_charges.charge_date, pool_charges.effective_cost_usd
    from pool_charges

),

days as (

    select
        charges.bill_key,
        charges.charge_date,
        cast(date_trunc('month', charges.charge_date) as date) as month_start_date,
        cast(sum(charges.effective_cost_usd) as double) as cost_usd
    from charges
    inner join as_of on charges.charge_date between {{ month_after('as_of.as_of_date', -2) }} and as_of.as_of_date
    group by charges.bill_key, charges.charge_date
    having sum(charges.effective_cost_usd) <> 0

),

months as (

    select
        bill_key,
        month_start_date,
        count(*) as days_with_cost,
        max(charge_date) as last_date,
        cast(extract(day from last_day(month_start_date)) as integer) as days_in_month,
        min(cost_usd) as least_usd,
        max(cost_usd) as most_usd,
        {{ stable_avg('cost_usd') }} * cast(extract(day from last_day(month_start_date)) as integer) as month_usd
    from days
    group by bill_key, month_start_date

),

{# Of up to three months without a gap; two are the least that show an amount again. Amounts are the same to a thousandth: months differ by 3 % and more. #}
bills as (

    select
        months.bill_key,
        max(months.days_with_cost) = 1 as is_on_one_day,
        count(distinct extract(day from months.last_date)) = 1 and max(extract(day from months.last_date)) <= 28
        and max(months.last_date + months.days_in_month) > max(as_of.as_of_date) as is_due_again,
        count(distinct months.days_in_month) > 1 as is_of_unlike_months,
        bool_and(abs(months.most_usd - months.least_usd) <= abs(months.most_usd) / 1000) as is_even_within_months,
        max(months.most_usd) - min(months.most_usd) <= abs(max(months.most_usd)) / 1000 as is_same_by_day,
        max(months.month_usd) - min(months.month_usd) <= abs(max(months.month_usd)) / 1000 as is_same_by_month
    from months
    cross join as_of
    group by months.bill_key
    having count(*) > 1 and {{ days_between('min(months.month_start_date)', 'max(months.month_start_date)') }} <= 31 * (count(*) - 1)

),

{# The same each day, and more a day in a shorter month: an amount of the month. In months of one length nothing tells it from an amount of the day. #}
final as (

    select
        bill_key,
        case when is_on_one_day then 'on one day' else 'spread' end as fixed_kind
    from bills
    where
        case
            when is_on_one_day then is_same_by_day and is_due_again
            else is_even_within_months and is_same_by_month and is_of_unlike_months
        end

)

select * from final
