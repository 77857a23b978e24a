{# one row per month in which something of the portfolio is signed or ends x series of usage, and one for all of it: what is in force once it is over,
   if nothing is renewed, and what is saved less than if all were signed at once. It begins when the actions that it rests on are done #}

with tranches as (

    select * from {{ ref('int_commitment_tranches') }}

),

curves as (

    select * from {{ ref('int_commitment_curves') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

owned_by_commitment as (

    select * from {{ ref('int_commitments_owned') }}

),

expiries as (

    select * from {{ ref('rpt_commitment_expiries') }}

),

owned as (

    select
        case when not coalesce(expiries.is_renewed_automatically, false) then expiries.ends_on end as ends_on,
        expiries.ends_on is not null as is_end_known,
        owned_by_commitment.owned_monthly_usd as owned_usd
    from owned_by_commitment
    left join expiries
        on owned_by_commitment.provider_name = expiries.provider_name and owned_by_commitment.commitment_discount_id = expiries.commitment_id

),

months as (

    select signed_month_date as month_start_date from tranches
    union distinct
    select end_month_date as month_start_date from tranches
    union distinct
    select cast(date_trunc('month', ends_on) as date) as month_start_date from owned
    where ends_on between (select min(tranches.signed_month_date) from tranches) and (select max(tranches.end_month_date) from tranches)

),

{# A term covers the months that it runs to the end of. #}
owned_by_month as (

    select
        months.month_start_date,
        coalesce(bool_and(owned.is_end_known), true) as is_owned_end_known,
        {{ money('coalesce(sum(case when owned.ends_on < last_day(months.month_start_date) then 0 else owned.owned_usd end), 0)') }} as owned_usd
    from months
    left join owned on true
    group by months.month_start_date

),

held as (

    select
        tranches.usage_group,
        tranches.offer_id,
        months.month_start_date,
        max(tranches.signed_month_date) as last_signed_month_date,
        cast(sum(case when tranches.signed_month_date = months.month_start_date then tranches.units else 0 end) as decimal(15, 6)) as signed_units,
        cast(sum(case when tranches.end_month_date = months.month_start_date then tranches.units else 0 end) as decimal(15, 6)) as ended_units,
        cast(sum(case when tranches.signed_month_date <= months.month_start_date and months.month_start_date < tranches.end_month_date then tranches.units else 0 end) as decimal(15, 6)) as units
    from tranches
    cross join months
    group by tranches.usage_group, tranches.offer_id, months.month_start_date

),

{# What the engine settles at each level on the way. #}
settled as (

    select
        held.usage_group,
        held.month_start_date,
        {{ money('coalesce(sum(curves.covered_change_usd) + cast(held.units * cast(sum(curves.usd_per_unit_change) as decimal(22, 12)) as decimal(28, 12)), 0)') }} as covered_usd
    from held
    left join curves
        on
            held.usage_group = curves.series_id
            and curves.usage_basis = 'after_actions'
            and curves.usage_case = 'as_judged'
            and curves.level_units <= held.units
    group by held.usage_group, held.month_start_date, held.units

),

valued as (

    select
        held.*,
        planned.offer_name,
        planned.is_illustrative,
        planned.months_to_wait,
        planned.eligible_monthly_usd,
        planned.monthly_savings_usd as full_savings_usd,
        {{ money('held.signed_units * planned.usd_per_unit_hour') }} as signed_usd_per_hour,
        {{ money('held.ended_units * planned.usd_per_unit_hour') }} as ended_usd_per_hour,
        {{ money('held.units * planned.usd_per_unit_hour') }} as hourly_commitment_usd,
        {{ money('settled.covered_usd * cases.months') }} as covered_monthly_usd,
        {{ money(money('settled.covered_usd - cast(held.units * planned.usd_per_unit_hour as decimal(26, 12)) * cases.hours') ~ ' * cases.months') }} as monthly_savings_usd,
        {{ money(money('cast(held.signed_units * planned.usd_per_unit_hour as decimal(26, 12)) * planned.paid_upfront_share') ~ ' * cast(730 * planned.term_months as decimal(9, 0))') }} as upfront_usd,
        {{ money(money('cast((held.units + held.ended_units) * planned.usd_per_unit_hour as decimal(26, 12)) * (1 - planned.paid_upfront_share)') ~ ' * 730') }} as recurring_monthly_usd,
        {{ money(money('cast(held.units * planned.usd_per_unit_hour as decimal(26, 12)) * (1 - planned.paid_upfront_share)') ~ ' * 730') }} as recurring_afterwards_usd,
        lead(held.month_start_date) over (partition by held.usage_group order by held.month_start_date) as next_month_date
    from held
    inner join tranches as planned on held.usage_group = planned.usage_group and held.offer_id = planned.offer_id and planned.tranche_number = 1
    inner join settled on held.usage_group = settled.usage_group and held.month_start_date = settled.month_start_date
    inner join cases on planned.history_id = cases.history_id and cases.usage_case = 'as_judged'

),

{# Until the last tranche is signed less is saved than at once. A term that ends in a month is paid for in it, and no longer. #}
delayed as (

    select
        *,
        {{ money('upfront_usd + recurring_monthly_usd + ' ~ money(
                'recurring_afterwards_usd * cast(coalesce((extract(year from next_month_date) - extract(year from month_start_date)) * 12'
                ~ ' + extract(month from next_month_date) - extract(month from month_start_date) - 1, 0) as decimal(4, 0))'
        )) }} as paid_usd,
        case
            when month_start_date < last_signed_month_date
                then {{ money_of_double('cast(full_savings_usd - monthly_savings_usd as double) * ' ~ days_between('month_start_date', 'next_month_date') ~ ' / 30') }}
            else {{ money(0) }}
        end as delayed_savings_usd
    from valued

),

together as (

    select
        month_start_date, usage_group, offer_id, offer_name, false as is_total, signed_units, ended_units, units as committed_units, signed_usd_per_hour,
        ended_usd_per_hour, hourly_commitment_usd, monthly_savings_usd, delayed_savings_usd, upfront_usd, recurring_monthly_usd, paid_usd,
        {{ ratio('covered_monthly_usd', 'eligible_monthly_usd') }} as coverage_share,
        cast(null as double) as owned_coverage_share, cast(null as boolean) as is_owned_end_known, is_illustrative, months_to_wait
    from delayed
    union all
    select
        delayed.month_start_date, 'all' as usage_group, 'all' as offer_id, 'all' as offer_name, true as is_total, null as signed_units, null as ended_units, null as committed_units,
        {% for amount in ['signed_usd_per_hour', 'ended_usd_per_hour', 'hourly_commitment_usd', 'monthly_savings_usd', 'delayed_savings_usd', 'upfront_usd', 'recurring_monthly_usd', 'paid_usd'] -%}
        {{ money('sum(delayed.' ~ amount ~ ')') }} as {{ amount }},
        {% endfor -%}
        {{ ratio('max(owned_by_month.owned_usd) + sum(delayed.covered_monthly_usd)', 'max(delayed.eligible_monthly_usd)') }} as coverage_share,
        {{ ratio('max(owned_by_month.owned_usd)', 'max(delayed.eligible_monthly_usd)') }} as owned_coverage_share,
        bool_and(owned_by_month.is_owned_end_known) as is_owned_end_known, bool_or(delayed.is_illustrative) as is_illustrative, min(delayed.months_to_wait) as months_to_wait
    from delayed
    inner join owned_by_month on delayed.month_start_date = owned_by_month.month_start_date
    group by delayed.month_start_date

),

final as (

    select
        *,
        {{ money('sum(paid_usd) over (partition by usage_group order by month_start_date rows between unbounded preceding and current row)') }} as paid_so_far_usd
    from together

)

select * from final
