{# one row per saving on a resource that somebody decided x month since: what it costs less than in its own 30 days before #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}
    where resource_id is not null

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and charge_category = 'Usage'

),

dates as (

    select * from {{ ref('dim_dates') }}

),

bill_ends as (

    select provider_name, cast(max(charge_period_start_at) as date) as last_billed_date
    from bills
    group by provider_name

),

{# A resource is measured against its own 30 days before, as far as the bill of its provider goes. #}
resource_months as (

    select
        accepted.tracking_id,
        accepted.provider_name,
        accepted.resource_id,
        cast(date_trunc('month', dates.date_day) as date) as month_start_date,
        min(dates.date_day) as first_date,
        max(dates.date_day) as last_date,
        cast(count(*) as integer) as measured_days
    from accepted
    inner join bill_ends on accepted.provider_name = bill_ends.provider_name
    inner join dates on dates.date_day between accepted.accepted_date and bill_ends.last_billed_date
    group by accepted.tracking_id, accepted.provider_name, accepted.resource_id, cast(date_trunc('month', dates.date_day) as date)

),

{# A resource that is younger than 30 days costs the same on as many days as it has. #}
first_charges as (

    select
        provider_name,
        resource_id,
        cast(min(charge_period_start_at) as date) as first_charge_date
    from bills
    where resource_id is not null
    group by provider_name, resource_id

),

baselines as (

    select
        accepted.tracking_id,
        max(least({{ days_between('first_charges.first_charge_date', 'accepted.accepted_date') }}, 30)) as baseline_days,
        {{ money_of_double(stable_sum('bills.effective_cost_usd * ' ~ part_of_line('bills', 'accepted.accepted_date - 30', 'accepted.accepted_date - 1'))) }} as baseline_usd
    from accepted
    inner join bills on accepted.provider_name = bills.provider_name and accepted.resource_id = bills.resource_id
    inner join first_charges on accepted.provider_name = first_charges.provider_name and accepted.resource_id = first_charges.resource_id
    where first_charges.first_charge_date < accepted.accepted_date
    group by accepted.tracking_id

),

spent as (

    select
        months.tracking_id,
        months.month_start_date,
        {{ money_of_double(stable_sum('bills.effective_cost_usd * ' ~ part_of_line('bills', 'months.first_date', 'months.last_date'))) }} as cost_usd
    from resource_months as months
    inner join bills on months.provider_name = bills.provider_name and months.resource_id = bills.resource_id
    group by months.tracking_id, months.month_start_date

),

final as (

    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        {{ money_of_double('baselines.baseline_usd * ' ~ ratio('months.measured_days', 'baselines.baseline_days')) }} - coalesce(spent.cost_usd, {{ money(0) }}) as saved_usd
    from resource_months as months
    left join baselines on months.tracking_id = baselines.tracking_id
    left join spent on months.tracking_id = spent.tracking_id and months.month_start_date = spent.month_start_date

)

select * from final
