{# one row per decision to sign a commitment x month since: how many of its days are on a bill, and what the commitments that were bought since have saved #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}

),

commitments as (

    select * from {{ ref('rpt_commitment_coverage') }}
    where not is_total

),

terms as (

    select * from {{ ref('int_commitment_terms') }}

),

bill_lines as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted

),

dates as (

    select * from {{ ref('dim_dates') }}

),

bill_ends as (

    select
        provider_name,
        cast(min(charge_period_start_at) as date) as first_billed_date,
        cast(max(charge_period_start_at) as date) as last_billed_date
    from bill_lines
    where charge_category = 'Usage'
    group by provider_name

),

contract_months as (

    select
        accepted.tracking_id,
        accepted.provider_name,
        accepted.accepted_date,
        bill_ends.first_billed_date,
        cast(date_trunc('month', dates.date_day) as date) as month_start_date,
        cast(count(*) as integer) as measured_days
    from accepted
    inner join bill_ends on accepted.provider_name = bill_ends.provider_name
    inner join dates on dates.date_day between accepted.accepted_date and bill_ends.last_billed_date
    where accepted.action_kind = 'commitment'
    group by accepted.tracking_id, accepted.provider_name, accepted.accepted_date, bill_ends.first_billed_date, cast(date_trunc('month', dates.date_day) as date)

),

seen as (

    select
        provider_name,
        commitment_discount_id as commitment_id,
        cast(min(charge_period_start_at) as date) as first_seen_date
    from bill_lines
    where commitment_discount_id is not null
    group by provider_name, commitment_discount_id

),

{# Bought since are commitments that begin after the decision: as the seed or the bill says, else when the bill has them first. What was on it from its
   first day may be older. #}
bought as (

    select
        months.tracking_id,
        months.month_start_date,
        case when count(commitments.savings_usd) = count(*) then {{ money('sum(commitments.savings_usd)') }} end as savings_usd,
        count(*) as commitments
    from contract_months as months
    inner join commitments on months.provider_name = commitments.provider_name and months.month_start_date = commitments.month_start_date
    left join seen on commitments.provider_name = seen.provider_name and commitments.commitment_id = seen.commitment_id
    left join terms on commitments.provider_name = terms.provider_name and commitments.commitment_id = terms.commitment_id
    where coalesce(terms.starts_on, case when seen.first_seen_date > months.first_billed_date then seen.first_seen_date end) >= months.accepted_date
    group by months.tracking_id, months.month_start_date

),

final as (

    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        case when bought.commitments is null then {{ money(0) }} else bought.savings_usd end as saved_usd
    from contract_months as months
    left join bought on months.tracking_id = bought.tracking_id and months.month_start_date = bought.month_start_date

)

select * from final
