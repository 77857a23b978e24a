{# one row per commitment on a bill or of the seed owned_commitments: when it ends, and what that takes away #}

with owned as (

    select * from {{ ref('owned_commitments') }}

),

coverage as (

    select * from {{ ref('rpt_commitment_coverage') }}

),

bill_lines as (

    select * from {{ ref('int_focus_charges_converted') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The last month that is over, or the running one of a commitment that has no other. #}
last_months as (

    select coverage.*
    from coverage
    cross join as_of
    where not coverage.is_total and coverage.month_start_date <= as_of.as_of_date
    qualify row_number() over (
        partition by coverage.provider_name, coverage.commitment_id
        order by case when last_day(coverage.month_start_date) <= as_of.as_of_date then 0 else 1 end, coverage.month_start_date desc
    ) = 1

),

{# A term that ends at midnight ends with the day before. #}
terms_on_bills as (

    select
        provider_name,
        commitment_discount_id as commitment_id,
        cast(min(commitment_start_at) as date) as starts_on,
        cast({{ from_unix_microseconds(unix_microseconds('max(commitment_end_at)') ~ ' - 1') }} as date) as ends_on
    from bill_lines
    where commitment_discount_id is not null and commitment_end_at is not null
    group by provider_name, commitment_discount_id

),

terms as (

    select
        coalesce(owned.provider_name, terms_on_bills.provider_name) as provider_name,
        coalesce(owned.commitment_id, terms_on_bills.commitment_id) as commitment_id,
        owned.commitment_name,
        coalesce(owned.starts_on, terms_on_bills.starts_on) as starts_on,
        coalesce(owned.ends_on, terms_on_bills.ends_on) as ends_on,
        coalesce(owned.is_renewed_automatically, false) as is_renewed_automatically
    from owned
    full outer join terms_on_bills on owned.provider_name = terms_on_bills.provider_name and owned.commitment_id = terms_on_bills.commitment_id

),

known as (

    select
        coalesce(terms.provider_name, last_months.provider_name) as provider_name,
        coalesce(terms.commitment_id, last_months.commitment_id) as commitment_id,
        coalesce(terms.commitment_name, last_months.commitment_name, terms.commitment_id, last_months.commitment_id) as commitment_name,
        last_months.commitment_type,
        last_months.team_id,
        terms.starts_on,
        terms.ends_on,
        coalesce(terms.is_renewed_automatically, false) as is_renewed_automatically,
        {{ days_between('as_of.as_of_date', 'terms.ends_on') }} as days_left,
        last_months.month_start_date,
        {{ money('last_months.used_cost_usd + last_months.unused_cost_usd') }} as cost_usd,
        last_months.utilization_share,
        last_months.savings_usd
    from terms
    full outer join last_months on terms.provider_name = last_months.provider_name and terms.commitment_id = last_months.commitment_id
    cross join as_of

),

final as (

    select
        provider_name,
        commitment_id,
        commitment_name,
        commitment_type,
        team_id,
        starts_on,
        ends_on,
        days_left,
        is_renewed_automatically,
        case
            when ends_on is null then 'no end on record'
            when days_left < 0 then 'ended'
            when days_left < {{ assumption('commitment_notice_days') }} then 'ends soon'
            else 'running'
        end as expiry_status,
        month_start_date,
        cost_usd,
        utilization_share,
        savings_usd
    from known

)

select * from final
