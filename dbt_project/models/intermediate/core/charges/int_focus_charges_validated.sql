{# one row per line of the billing files, with the first reason for which it cannot be a charge, or null.
   A currency without rate, a provider or service that nobody knows is no such reason: the charge was made. Nor is a value of an
   optional column that FOCUS does not allow: it stays as it is and is counted. #}

with charges as (

    select * from {{ ref('stg_focus__charges') }}

),

validated as (

    select
        *,
        file_name || '#' || cast(line_number as string) || case when record_number > 1 then '.' || cast(record_number as string) else '' end as charge_id,
        case
            when line_problem is not null then line_problem
            when charge_period_start_at is null and raw_charge_period_start is null then 'charge_period_missing'
            when charge_period_start_at is null or charge_period_end_at is null then 'charge_period_malformed'
            when charge_period_end_at <= charge_period_start_at then 'charge_period_ends_before_its_start'
            when
                billing_period_start_at is null or (raw_billing_period_end is not null and billing_period_end_at is null)
                then 'billing_period_malformed'
            when billing_period_end_at <= billing_period_start_at then 'billing_period_ends_before_its_start'
            when charge_category is null then 'charge_category_missing'
            when {{ unknown_focus_values(['charge_category']) }} is not null then 'charge_category_unknown'
            when raw_billed_cost_billing_currency is null then 'billed_cost_missing'
            when is_cost_malformed then 'cost_malformed'
            when is_quantity_malformed then 'quantity_malformed'
            when is_unit_price_malformed then 'unit_price_malformed'
        end as rejection_reason
    from charges

)

select * from validated
