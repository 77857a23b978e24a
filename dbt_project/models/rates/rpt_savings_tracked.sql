{# one row per saving that somebody decided to make x month since: what was expected, and what came #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}

),

bill_lines as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted

),

switches as (

    select * from {{ ref('int_switches_measured') }}

),

commitments as (

    select * from {{ ref('rpt_commitment_coverage') }}
    where not is_total

),

terms as (

    select * from {{ ref('int_commitment_terms') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

bills as (

    select * from bill_lines
    where charge_category = 'Usage'

),

bill_ends as (

    select
        provider_name,
        cast(min(charge_period_start_at) as date) as first_billed_date,
        cast(max(charge_period_start_at) as date) as last_billed_date
    from bills
    group by provider_name

),

{# A resource is measured against its own 30 days before, as far as the bill of its provider goes; commitments on what they cover there. #}
billed_months as (

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
    from billed_months as months
    inner join bills on months.provider_name = bills.provider_name and months.resource_id = bills.resource_id
    group by months.tracking_id, months.month_start_date

),

{# Bought since are commitments that begin after the decision: as the seed or the bill says, else when the bill has them first. What was on it from its
   first day may be older. #}
seen as (

    select
        provider_name,
        commitment_discount_id as commitment_id,
        cast(min(charge_period_start_at) as date) as first_seen_date
    from bill_lines
    where commitment_discount_id is not null
    group by provider_name, commitment_discount_id

),

bought as (

    select
        months.tracking_id,
        months.month_start_date,
        case when count(commitments.savings_usd) = count(*) then {{ money('sum(commitments.savings_usd)') }} end as savings_usd,
        count(*) as commitments
    from billed_months as months
    inner join accepted on months.tracking_id = accepted.tracking_id
    inner join commitments on months.provider_name = commitments.provider_name and months.month_start_date = commitments.month_start_date
    inner join bill_ends on commitments.provider_name = bill_ends.provider_name
    left join seen on commitments.provider_name = seen.provider_name and commitments.commitment_id = seen.commitment_id
    left join terms on commitments.provider_name = terms.provider_name and commitments.commitment_id = terms.commitment_id
    where
        accepted.action_kind = 'commitment'
        and coalesce(terms.starts_on, case when seen.first_seen_date > bill_ends.first_billed_date then seen.first_seen_date end) >= accepted.accepted_date
    group by months.tracking_id, months.month_start_date

),

measured as (

    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        {{ money_of_double('baselines.baseline_usd * ' ~ ratio('months.measured_days', 'baselines.baseline_days')) }} - coalesce(spent.cost_usd, {{ money(0) }}) as realized_savings_usd
    from billed_months as months
    left join baselines on months.tracking_id = baselines.tracking_id
    left join spent on months.tracking_id = spent.tracking_id and months.month_start_date = spent.month_start_date
    where months.resource_id is not null
    union all
    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        case when bought.commitments is null then {{ money(0) }} else bought.savings_usd end as realized_savings_usd
    from billed_months as months
    left join bought on months.tracking_id = bought.tracking_id and months.month_start_date = bought.month_start_date
    where months.resource_id is null
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
        case
            when accepted.resource_id is not null then accepted.resource_id
            when accepted.action_kind = 'commitment' then 'commitments with ' || accepted.provider_name
            when accepted.action_kind = 'batch' then replace(accepted.task_type, '_', ' ') || ' calls to the batch service'
            else replace(accepted.task_type, '_', ' ') || ' calls from ' || accepted.from_model || ' to ' || accepted.to_model
        end as subject,
        coalesce(measured.measured_days, 0) as measured_days,
        accepted.predicted_monthly_savings_usd,
        {{ money_of_double('accepted.predicted_monthly_savings_usd * ' ~ ratio('coalesce(measured.measured_days, 0)', '30')) }} as predicted_savings_usd,
        {{ money('measured.realized_savings_usd') }} as realized_savings_usd
    from accepted
    left join measured on accepted.tracking_id = measured.tracking_id

),

summed as (

    select
        count(distinct tracking_id) as decisions,
        count(distinct case when realized_savings_usd is not null then tracking_id end) as measured_decisions,
        {{ money('sum(case when realized_savings_usd is not null then predicted_savings_usd end)') }} as all_predicted_usd,
        {{ money('sum(realized_savings_usd)') }} as all_realized_usd
    from tracked

),

final as (

    select
        tracked.*,
        {{ ratio('tracked.realized_savings_usd', 'tracked.predicted_savings_usd') }} as realized_share,
        cast(summed.decisions as bigint) as decisions,
        cast(summed.measured_decisions as bigint) as measured_decisions,
        summed.all_predicted_usd,
        summed.all_realized_usd,
        {{ ratio('summed.all_realized_usd', 'summed.all_predicted_usd') }} as all_realized_share
    from tracked
    cross join summed

)

select * from final
