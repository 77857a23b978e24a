{# one row per commitment on a bill or of the seed owned_commitments: when it ends, and what that takes away #}

with terms as (

    select * from {{ ref('int_commitment_terms') }}

),

coverage as (

    select * from {{ ref('rpt_commitment_coverage') }}

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
