{# one row per row of int_usage_owned_daily, with the calls that neither have a cost of their own nor a share of the capacity that
   served them. For whom shared costs are part of the cost; a view, as that is #}

{{ config(materialized=view_or_table()) }}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

paid_days as (

    select distinct charge_date, allocation_driver
    from capacity_charges
    where is_counted

),

borne as (

    select
        usage_owned.usage_date,
        usage_owned.customer_id,
        usage_owned.product_id,
        usage_owned.feature_id,
        usage_owned.team_id,
        usage_owned.is_allocated,
        usage_owned.calls,
        usage_owned.failed_calls,
        {{ not_paid_by_capacity('uncosted_calls', 'usage_owned') }} as uncosted_calls,
        case when paid_days.allocation_driver is null then usage_owned.uncosted_tokens else 0 end as uncosted_tokens,
        usage_owned.input_tokens,
        usage_owned.output_tokens,
        usage_owned.failed_tokens,
        usage_owned.effective_cost_usd
    from usage_owned
    left join paid_days
        on usage_owned.usage_date = paid_days.charge_date and {{ capacity_driver('usage_owned') }} = paid_days.allocation_driver

)

select * from borne
