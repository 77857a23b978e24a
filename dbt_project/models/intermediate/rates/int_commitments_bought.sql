{# one row per decision to sign commitments with a provider x month since x commitment that began since, or one without where none did: how many days of the month are on its bill #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}

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
        cast(date_trunc('month', dates.date_day) as date) as month_start_date,
        cast(count(*) as integer) as measured_days
    from accepted
    inner join bill_ends on accepted.provider_name = bill_ends.provider_name
    inner join dates on dates.date_day between accepted.accepted_date and bill_ends.last_billed_date
    where accepted.action_kind = 'commitment'
    group by accepted.tracking_id, accepted.provider_name, accepted.accepted_date, cast(date_trunc('month', dates.date_day) as date)

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
begun as (

    select
        seen.provider_name,
        seen.commitment_id,
        coalesce(terms.starts_on, case when seen.first_seen_date > bill_ends.first_billed_date then seen.first_seen_date end) as begun_date
    from seen
    inner join bill_ends on seen.provider_name = bill_ends.provider_name
    left join terms on seen.provider_name = terms.provider_name and seen.commitment_id = terms.commitment_id

),

final as (

    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        months.provider_name,
        begun.commitment_id
    from contract_months as months
    left join begun on months.provider_name = begun.provider_name and begun.begun_date >= months.accepted_date

)

select * from final
