{# one row per calendar month x part of all spend: all customers together, each cost without a customer, and everything; a view over few rows #}

{{ config(materialized=view_or_table()) }}

with tenants as (

    select * from {{ ref('rpt_tenant_chargebacks_monthly') }}

),

parts as (

    select
        *,
        case when is_customer then 'All customers' else customer_name end as part,
        sum(total_cost_usd) over (partition by month_start_date) as month_cost_usd
    from tenants

),

final as (

    select
        month_start_date,
        coalesce(part, 'All spend') as part,
        cast(case when grouping(part) = 1 then 3 when bool_or(is_customer) then 1 else 2 end as integer) as part_order,
        {{ money('sum(ai_cost_usd)') }} as ai_cost_usd,
        {{ money('sum(infrastructure_cost_usd)') }} as infrastructure_cost_usd,
        {{ money('sum(storage_cost_usd)') }} as storage_cost_usd,
        {{ money('sum(transfer_cost_usd)') }} as transfer_cost_usd,
        {{ money('sum(services_cost_usd)') }} as services_cost_usd,
        {{ money('sum(other_cost_usd)') }} as other_cost_usd,
        {{ money('sum(total_cost_usd)') }} as total_cost_usd,
        {{ ratio('sum(total_cost_usd)', 'max(month_cost_usd)') }} as cost_share,
        bool_and(is_latest) as is_latest
    from parts
    group by grouping sets ((month_start_date, part), (month_start_date))

)

select * from final
