{# one row per line of the billing files, with the first reason for which it cannot be a charge, or null.
   A currency without rate, a provider or service that nobody knows is no such reason: the charge was made. #}

with charges as (

    select * from {{ ref('stg_focus__charges') }}

),

validated as (

    select
        *,
        file_name || '#' || cast(line_number as string) as charge_id,
        case
            when line_problem is not null then line_problem
            when charge_period_start_at is null and raw_charge_period_start is null then 'charge_period_missing'
            when charge_period_start_at is null or charge_period_end_at is null then 'charge_period_malformed'
            when charge_period_end_at <= charge_period_start_at then 'charge_period_ends_before_its_start'
            when billing_period_start_date is null then 'billing_period_malformed'
            when charge_category is null then 'charge_category_missing'
            when raw_billed_cost is null then 'billed_cost_missing'
            when
                billed_cost_billing_currency is null
                or (raw_effective_cost is not null and effective_cost_billing_currency is null)
                or (raw_list_cost is not null and list_cost_billing_currency is null)
                or (raw_contracted_cost is not null and contracted_cost_billing_currency is null)
                then 'cost_malformed'
        end as rejection_reason
    from charges

)

select * from validated
