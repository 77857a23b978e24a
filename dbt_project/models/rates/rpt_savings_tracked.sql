{# one row per saving that somebody decided to make x month since: what was expected, and what came #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and charge_category = 'Usage'

),

switches as (

    select * from {{ ref('int_switches_measured') }}

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
    where accepted.resource_id is not null
    group by accepted.tracking_id, accepted.provider_name, accepted.resource_id, cast(date_trunc('month', dates.date_day) as date)

),

baselines as (

    select
        accepted.tracking_id,
        {{ money_of_double(stable_sum('bills.effective_cost_usd * ' ~ part_of_line('bills', 'accepted.accepted_date - 30', 'accepted.accepted_date - 1'))) }} as baseline_usd
    from accepted
    inner join bills on accepted.provider_name = bills.provider_name and accepted.resource_id = bills.resource_id
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

measured as (

    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        {{ money_of_double('baselines.baseline_usd * ' ~ ratio('months.measured_days', '30')) }} - coalesce(spent.cost_usd, {{ money(0) }}) as realized_savings_usd
    from resource_months as months
    left join baselines on months.tracking_id = baselines.tracking_id
    left join spent on months.tracking_id = spent.tracking_id and months.month_start_date = spent.month_start_date
    union all
    select tracking_id, month_start_date, measured_days, case when not is_unknown then saved_usd end as realized_savings_usd
    from switches

),

tracked as (

    select
        accepted.tracking_id,
        measured.month_start_date,
        accepted.action_kind,
        accepted.accepted_date,
        coalesce(
            accepted.resource_id,
            replace(accepted.task_type, '_', ' ') || ' calls from ' || accepted.from_model || ' to ' || accepted.to_model
        ) as subject,
        coalesce(measured.measured_days, 0) as measured_days,
        accepted.predicted_monthly_savings_usd,
        {{ money_of_double('accepted.predicted_monthly_savings_usd * ' ~ ratio('coalesce(measured.measured_days, 0)', '30')) }} as predicted_savings_usd,
        {{ money('measured.realized_savings_usd') }} as realized_savings_usd
    from accepted
    left join measured on accepted.tracking_id = measured.tracking_id

),

final as (

    select
        *,
        {{ ratio('realized_savings_usd', 'predicted_savings_usd') }} as realized_share
    from tracked

)

select * from final
