{# one row per provider x commitment that is owned: what it covers per 30 days of the days that commitments are judged on, at the price on demand #}

with lines as (

    select * from {{ ref('int_commitment_lines') }}
    where is_covered

),

cases as (

    select * from {{ ref('int_commitment_cases') }}
    where usage_case = 'as_judged'

),

final as (

    select
        lines.provider_name,
        lines.commitment_discount_id,
        {{ money('sum(lines.list_cost_usd * cases.months)') }} as owned_monthly_usd
    from lines
    inner join cases on lines.provider_name = cases.history_id and cast(lines.charge_period_start_at as date) between cases.first_date and cases.last_date
    group by lines.provider_name, lines.commitment_discount_id

)

select * from final
